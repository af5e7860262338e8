import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateKey, parseSigner } from '../../src/audit/note.ts';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';
import type { LinkFact } from '../../src/demo/population/fact.ts';
import { createPopulation, type Population } from '../../src/demo/population/population.ts';
import { DEV_AUDIENCE } from '../../src/demo/provider/provider.ts';
import { fetchToken } from '../../src/demo/provider/token.ts';
import { importFacts } from '../../src/store/facts.ts';
import { migrate } from '../../src/store/migrate.ts';
import { prepareLogins } from '../../src/store/roles.ts';
import { askChecks } from './checks.ts';
import { type Database, startDatabase } from './database.ts';
import { calm, openPost, type Post } from './gateway.ts';
import { type Callers, type IdentifierType, type Load, PERSONAS, type Someone, startLoad } from './load.ts';
import { type Bystander, openBystander } from './witness.ts';

/** What the gateways need and nothing happens to. */
export interface Neighbours {
  readonly issuer: string;
  readonly holders: readonly { readonly code: string; readonly source: string; readonly url: string }[];
  readonly population: { readonly seed: number; readonly size: number; readonly anchor: string };
}

/** Two gateways, one log, one database of their own, and clients who ask all the time. */
export interface World {
  readonly database: Database;
  readonly posts: readonly [Post, Post];
  readonly witness: Bystander;
  readonly load: Load;
  readonly readerUrl: string;
  readonly gatewayUrl: string;
  readonly vkey: string;
  /** Holds what is to be removed in the end. */
  readonly folder: string;
  /** Everything as it should be. @throws Error when one does not answer again by itself */
  heal(): Promise<void>;
  close(): Promise<void>;
}

const PROJECT = join(import.meta.dirname, '..', '..');
const HEALING_MILLISECONDS = 60_000;

export async function startWorld(seed: number, neighbours: Neighbours): Promise<World> {
  await using opened = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'throughgate-world-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const population = createPopulation(neighbours.population);
  const database = await startDatabase();
  opened.defer(() => database.remove());
  await migrate(database.ownerUrl);
  const passwords = { gatewayPassword: 'gateway-for-chaos', readerPassword: 'reader-for-chaos' };
  const { gatewayUrl, readerUrl } = await prepareLogins(database.ownerUrl, passwords);
  await importFacts(database.ownerUrl, population.facts());

  const auditHmacKeys = [randomBytes(32)];
  const auditSigningKey = generateKey('log.example').privateKey;
  const { vkey } = parseSigner(auditSigningKey);
  const callers: Callers = {
    vkey,
    people: peopleOf(population, auditHmacKeys),
    tokens: await tokensOf(neighbours.issuer),
  };
  const witness = await openBystander(folder, vkey);
  opened.defer(() => witness.close());
  await witness.start();
  let load: Load | null = null;
  const files = { schemaDir: join(PROJECT, 'schema'), policiesDir: join(PROJECT, 'policies') };
  await askChecks(database.ownerUrl, { databaseUrl: gatewayUrl, auditHmacKeys, ...files });
  const open = (name: string) =>
    openPost({
      name,
      folder,
      witnessesFile: witness.listFile,
      holders: neighbours.holders,
      floor: () => load?.floor() ?? 0,
      config: {
        databaseUrl: gatewayUrl,
        oidc: { issuer: neighbours.issuer, audience: DEV_AUDIENCE, jwksUrl: null },
        ...files,
        sourcesFile: '',
        auditHmacKeys,
        auditSigningKey,
      },
    });
  const posts = await Promise.all([open('east'), open('west')]);
  for (const post of posts) opened.defer(() => post.close());
  await every(posts, (post) => post.start());
  const [east, west] = posts;
  const clients = startLoad(seed, [east.door, west.door], callers);
  load = clients;

  async function answersAgain({ door, name, alive }: Post): Promise<void> {
    for (const deadline = Date.now() + HEALING_MILLISECONDS; ; await sleep(100)) {
      const answer = await clients.ask(door);
      if (answer?.status === 200) return;
      if (!alive() || Date.now() > deadline) {
        throw new Error(`${name} does not answer again: ${JSON.stringify(answer)}`);
      }
    }
  }
  const kept = opened.move();
  return {
    database,
    posts,
    witness,
    load: clients,
    readerUrl,
    gatewayUrl,
    vkey,
    folder,
    async heal() {
      await database.mend();
      witness.resume();
      await witness.start();
      await every(posts, async (post) => {
        calm(post);
        post.resume();
        if (post.alive()) post.shiftClock(0);
        else await post.start();
        await answersAgain(post);
      });
    },
    close: () => kept.disposeAsync(),
  };
}

/** Waits for all, also when one fails: what is being started must not be left behind. @throws what the first one threw */
async function every<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const done of await Promise.allSettled(list.map(work))) if (done.status === 'rejected') throw done.reason;
}

/** People who may be shown, one of whom there is nothing to show, and one who is not known. */
function peopleOf(population: Population, keys: readonly Uint8Array[]): [Someone, ...Someone[]] {
  const pseudonyms = createPseudonyms(keys);
  const persons = new Map<string, string>();
  for (const fact of population.facts()) {
    if (fact.kind === 'link') persons.set(`${(fact as LinkFact).type} ${(fact as LinkFact).value}`, fact.person);
  }
  const { allowed, twoReleases, restricted, sealed } = population.traits();
  const [first, ...others] = [
    ...allowed.slice(0, 4),
    ...twoReleases.slice(0, 1),
    ...restricted.slice(0, 1),
    ...sealed.slice(0, 1),
  ].map(({ identifiers }): Someone => {
    const by = (type: IdentifierType) => {
      const value = String(identifiers[type]);
      const person = persons.get(`${type} ${value}`);
      const { ref } = person === undefined ? pseudonyms.ofIdentifier(type, value) : pseudonyms.ofPerson(person);
      return { value, subject: ref };
    };
    return { CRN: by('CRN'), PRISON_NUMBER: by('PRISON_NUMBER'), NINO: by('NINO') };
  });
  if (first === undefined) throw new Error('the population has nobody who may be shown');
  return [first, ...others];
}

async function tokensOf(issuer: string): Promise<ReadonlyMap<string, string>> {
  const tokens = PERSONAS.map(async ({ role }) => [role, await fetchToken({ issuer, persona: role })] as const);
  return new Map(await Promise.all(tokens));
}
