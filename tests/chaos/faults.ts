import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/demo/population/random.ts';
import type { Post } from './gateway.ts';
import { CALM, type Moment, type Weather, type Wire } from './proxy.ts';
import { CALLS_OF_DATABASE, CALLS_OF_WITNESS, failSyscalls } from './syscalls.ts';
import type { World } from './world.ts';

/** Something that goes wrong under load. It may leave everything broken. */
export interface Fault {
  readonly name: string;
  readonly needsTracing?: true;
  readonly strike: (world: World, scene: Scene) => Promise<void>;
}

export interface Scene {
  readonly random: Random;
  /** The gateway that it happens to, where it happens to one. */
  readonly post: Post;
  /** Lets a while pass: milliseconds, between these two. */
  last(least: number, most: number): Promise<void>;
}

/** The steps of a request, and where each can be seen from outside. */
const STEPS: Readonly<Record<string, (post: Post) => readonly [Wire, Moment]>> = {
  arriving: ({ front }) => [front, 'marked'],
  'looking up': ({ store }) => [store, 'asked'],
  fetching: ({ holder }) => [holder, 'marked'],
  appending: ({ store }) => [store, 'marked'],
  committing: ({ store }) => [store, 'passed'],
  committed: ({ store }) => [store, 'answered'],
  answering: ({ front }) => [front, 'answered'],
};
/** Those at which the database is at work. */
const AT_STORE = ['looking up', 'appending', 'committing', 'committed'];

/** Under load each comes within milliseconds. */
const STEP_MILLISECONDS = 30_000;

export const FAULTS: readonly Fault[] = [
  ...Object.keys(STEPS).map((step) => ({
    name: `gateway killed while ${step}`,
    strike: (_world: World, { post }: Scene) => at(step, post, () => post.kill()),
  })),
  ...Object.keys(STEPS).map((step) => ({
    name: `gateway paused while ${step}`,
    async strike(_world: World, { post, last }: Scene) {
      await at(step, post, () => post.pause());
      await last(700, 9_000);
      post.resume();
    },
  })),
  ...AT_STORE.map((step) => ({
    name: `database killed while ${step}`,
    async strike({ database }: World, { post, last }: Scene) {
      await at(step, post, () => database.kill());
      await last(200, 4_000);
    },
  })),
  ...AT_STORE.map((step) => ({
    name: `connection to the database reset while ${step}`,
    strike: (_world: World, { post }: Scene) => at(step, post, (link) => link.reset()),
  })),
  {
    name: 'client gone before its answer',
    strike: (_world, { post }) => at('answering', post, (link) => link.reset()),
  },
  {
    name: 'database frozen',
    async strike({ database }, { last }) {
      database.freeze();
      await last(700, 9_000);
      database.thaw();
    },
  },
  {
    name: 'every connection to the database reset',
    strike: async (_world, { post }) => post.store.reset(),
  },
  {
    name: 'every connection to the database silent',
    async strike(_world, { post, last }) {
      post.store.silence();
      await last(500, 5_000);
    },
  },
  weather('database frozen out', () => ({ frozen: true })),
  weather('database refusing', () => ({ refuses: true })),
  weather('database slow', (random) => ({ milliseconds: random.pick([100, 300, 1_000, 5_000]) })),
  weather('database behind a narrow line', (random) => ({ bytesPerSecond: random.pick([2_000, 20_000, 200_000]) })),
  weather('database behind a line that cuts into pieces', (random) => ({ slice: random.pick([1, 7, 100]) })),
  {
    name: 'disk full',
    async strike({ database }, { random, last }) {
      await database.fill(random.int(1, 16) * 1024 * 1024);
      await last(1_500, 8_000);
    },
  },
  {
    name: 'clock wrong',
    async strike(_world, { random, post, last }) {
      post.shiftClock(random.pick([-3_600_000, 3_600_000]));
      await last(700, 5_000);
    },
  },
  {
    name: 'asked to stop',
    strike: (_world, { post }) => post.stop(),
  },
  {
    name: 'system calls of the database failing',
    needsTracing: true,
    strike: ({ database }, { random, last }) =>
      failSyscalls(database.processes(), CALLS_OF_DATABASE, random, () => last(1_000, 6_000)),
  },
  {
    name: 'system calls of the witness failing',
    needsTracing: true,
    strike: ({ witness }, { random, last }) =>
      failSyscalls(witness.processes(), CALLS_OF_WITNESS, random, () => last(6_000, 12_000)),
  },
  {
    name: 'witness killed while it cosigns',
    strike: ({ witness: { wire, kill } }) => wire.next('passed', kill, AbortSignal.timeout(STEP_MILLISECONDS)),
  },
  {
    name: 'cosignature lost',
    strike: ({ witness: { wire } }) =>
      wire.next('answered', (link) => link.reset(), AbortSignal.timeout(STEP_MILLISECONDS)),
  },
  {
    name: 'witness frozen',
    async strike({ witness }, { last }) {
      witness.pause();
      await last(6_000, 15_000);
    },
  },
];

function weather(name: string, how: (random: Random) => Partial<Weather>): Fault {
  return {
    name,
    async strike(_world, { random, post, last }) {
      post.store.weather({ ...CALM, ...how(random) });
      await last(700, 9_000);
    },
  };
}

/** When the next request that this gateway handles comes to this step. */
function at(step: string, post: Post, act: Parameters<Wire['next']>[1]): Promise<void> {
  const [wire, moment] = STEPS[step]?.(post) ?? [post.front, 'marked'];
  return wire.next(moment, act, AbortSignal.timeout(STEP_MILLISECONDS));
}

/** One fault after the other, each seen out. `pace`: how long they last, from 0 for the least to 1 for the most. */
export async function strike(world: World, fault: Fault, random: Random, pace: number): Promise<void> {
  await fault.strike(world, {
    random,
    post: random.pick([...world.posts]),
    last: (least, most) => sleep(least + pace * random.next() * (most - least)),
  });
  await world.heal();
}
