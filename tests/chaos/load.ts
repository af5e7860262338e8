import { setTimeout as sleep } from 'node:timers/promises';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { openNote, parseVkey } from '../../src/audit/note.ts';
import { type Random, stream } from '../../src/demo/population/random.ts';
import type { Answer, Sight, Told } from './history.ts';

/** Somebody whom callers ask about, by type of identifier: its value, and how the log must speak of whoever has it. */
export type Someone = Readonly<Record<IdentifierType, { readonly value: string; readonly subject: string }>>;

export type IdentifierType = 'CRN' | 'PRISON_NUMBER' | 'NINO';

/** Who asks, by what they know people by, and what for. */
export const PERSONAS = [
  { role: 'probation-practitioner', type: 'CRN', purpose: 'RELEASE_PLANNING' },
  { role: 'prison-offender-manager', type: 'PRISON_NUMBER', purpose: 'RELEASE_PLANNING' },
  { role: 'work-coach', type: 'NINO', purpose: 'BENEFITS_EMPLOYMENT' },
] as const;

type Persona = (typeof PERSONAS)[number];

/** What callers have in their hands. */
export interface Callers {
  /** The first is one who may be shown to everybody. */
  readonly people: readonly [Someone, ...Someone[]];
  /** Access tokens, by role. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Verifies checkpoints. */
  readonly vkey: string;
}

/** Where a gateway is asked; which process answers there now, and what had been seen before it was started. */
export interface Door {
  readonly url: string;
  process(): { readonly name: string; readonly floor: number } | null;
}

/** Everything that clients were told, remembered outside. */
export interface Load {
  readonly answers: Answer[];
  readonly sights: Sight[];
  /** Whole answers that are in no form that a gateway has. */
  readonly strange: string[];
  /** Everything that a gateway said at /health/ready to be wrong. */
  readonly reasons: Set<string>;
  /** Asked and never heard of again: broken off, or refused a connection. */
  unheard(): number;
  /** Largest checkpoint seen so far. */
  floor(): number;
  /** Asks one gateway one ordinary question now. Null when nothing is heard. */
  ask(door: Door): Promise<Answer | null>;
  /** Lets those under way be answered. @throws what no gateway should ever answer */
  stop(): Promise<void>;
}

/** Longer than a gateway ever takes that is not stopped. */
const PATIENCE_MILLISECONDS = 20_000;
const CLIENTS = 6;

const SELECTION = 'id custody { releaseDate status offence } supervision { licenceType } identity { name }';
const ASKED = [
  'hmpps-prisons|Custody.offence',
  'hmpps-prisons|Custody.releaseDate',
  'hmpps-prisons|Custody.status',
  'hmpps-prisons|Identity.name',
  'probation-service|Supervision.licenceType',
];

interface Question {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The people whom a data answer is about: by a path each. */
  readonly about: readonly { readonly subject: string; readonly at: readonly [string, ...(string | number)[]] }[];
}

/** Several clients, each with its own way of asking, until they are stopped. */
export function startLoad(seed: number, doors: readonly [Door, ...Door[]], callers: Callers): Load {
  const answers: Answer[] = [];
  const sights: Sight[] = [];
  const reasons = new Set<string>();
  const strange: string[] = [];
  const ids = new Map<string, string>();
  let [unheard, going] = [0, true];

  async function put(door: Door, question: Question): Promise<Answer | null> {
    try {
      const response = await fetch(`${door.url}/graphql`, {
        method: 'POST',
        headers: question.headers,
        body: question.body,
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      });
      const text = await response.text();
      const body = bodyOf(text);
      if (body === null) {
        strange.push(`${response.status} without a request id: ${text}`);
        return null;
      }
      const answer = answerOf(question, response.status, body);
      answers.push(answer);
      for (const { subject, at } of question.about) {
        const { id } = (valueAt(body.data, at) ?? {}) as { id?: string };
        if (id !== undefined) ids.set(`${question.headers['authorization']} ${subject}`, id);
      }
      return answer;
    } catch {
      unheard += 1;
      return null;
    }
  }

  async function client(random: Random): Promise<void> {
    while (going) {
      const answer = await put(random.pick([...doors]), questionOf(random, callers, ids));
      await sleep(answer === null ? 100 : random.int(0, 100));
    }
  }

  /** Each door in turn, all along. */
  async function watch(): Promise<void> {
    for (let turn = 0; going; turn += 1) {
      const door = doors[turn % doors.length] ?? doors[0];
      const before = door.process();
      const note = await fetch(`${door.url}/log/checkpoint`, { signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) })
        .then((response) => (response.ok ? response.text() : null))
        .catch(() => null);
      // Of a process that was replaced meanwhile it is not known who answered.
      if (note !== null && before !== null && door.process() === before) sights.push(sightOf(note, before));
      for (const reason of await readiness(door)) reasons.add(reason);
      await sleep(40);
    }
  }

  function sightOf(note: string, { name, floor }: { name: string; floor: number }): Sight {
    const checkpoint = parseCheckpoint(openNote(note, [parseVkey(callers.vkey)]).text);
    if (checkpoint === null) throw new Error(`${name} showed what is no checkpoint:\n${note}`);
    return { gateway: name, size: checkpoint.size, root: Buffer.from(checkpoint.root).toString('base64'), floor };
  }

  const all = [watch(), ...Array.from({ length: CLIENTS }, (_, n) => client(stream(seed, n, 'client')))];
  for (const one of all) one.catch(() => {});
  return {
    answers,
    sights,
    reasons,
    strange,
    unheard: () => unheard,
    floor: () => sights.reduce((most, { size }) => Math.max(most, size), 0),
    ask: (door) => put(door, personQuestion(callers, PERSONAS[0], callers.people[0])),
    async stop() {
      going = false;
      await Promise.all(all);
    },
  };
}

async function readiness({ url }: Door): Promise<readonly string[]> {
  const state = fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) })
    .then((response) => response.json() as Promise<{ reasons?: readonly string[] }>)
    .then(({ reasons }) => reasons ?? []);
  return state.catch(() => []);
}

type Body = {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  readonly extensions: { readonly requestId: string };
};

/** Null for what is not an answer to a request. */
function bodyOf(text: string): Body | null {
  try {
    const body = JSON.parse(text) as Partial<Body>;
    return body.extensions === undefined ? null : { ...body, extensions: body.extensions };
  } catch {
    return null;
  }
}

function answerOf({ about }: Question, status: number, { data, errors, extensions }: Body): Answer {
  const code = errors?.[0]?.extensions.code ?? null;
  const people = code === null ? about.map(({ subject, at }): Told => toldAbout(subject, valueAt(data, at))) : [];
  const hasData = Object.values(data ?? {}).some((value) => value !== null);
  return { requestId: extensions.requestId, status, code, hasData, people };
}

function toldAbout(subject: string, person: unknown): Told {
  if (person === null || person === undefined) return { subject, asked: ASKED, told: null };
  const sections = person as Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  const told = ASKED.filter((coordinate) => {
    const [, section = '', field = ''] = /\|(\w+)\.(\w+)$/.exec(coordinate) ?? [];
    return (sections[section.toLowerCase()]?.[field] ?? null) !== null;
  });
  return { subject, asked: ASKED, told };
}

function valueAt(data: Body['data'], path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | null)?.[step], data);
}

function questionOf(random: Random, callers: Callers, ids: ReadonlyMap<string, string>): Question {
  const persona = random.pick<Persona>([...PERSONAS]);
  const person = random.pick([...callers.people]);
  const honest = personQuestion(callers, persona, person);
  const { authorization: token, ...anonymous } = honest.headers;
  const list = callers.people.flatMap((one) => {
    const { subject } = one[persona.type];
    const id = ids.get(`${token} ${subject}`);
    return id === undefined ? [] : [{ id, subject }];
  });
  switch (random.int(0, 9)) {
    case 0:
      return { ...honest, headers: anonymous, about: [] };
    case 1:
      return { ...honest, headers: { ...honest.headers, 'purpose-of-use': 'CURIOSITY' }, about: [] };
    case 2:
      return { ...honest, body: random.pick(['{', '[]', '{"query": "{ person { secrets } }"}']), about: [] };
    case 3:
      return personQuestion(callers, persona, person, random.pick([...callers.people]));
    case 4:
    case 5:
      if (list.length === 0) return honest;
      return {
        ...honest,
        body: JSON.stringify({
          query: `{ people(ids: ${JSON.stringify(list.map(({ id }) => id))}) { ${SELECTION} } }`,
        }),
        about: list.map(({ subject }, place) => ({ subject, at: ['people', place] })),
      };
    default:
      return honest;
  }
}

/** About one person, or about several at once. */
function personQuestion(
  { tokens }: Callers,
  { role, type, purpose }: Persona,
  ...people: readonly Someone[]
): Question {
  const fields = people.map(
    (person, n) => `p${n}: person(identifier: {type: "${type}", value: "${person[type].value}"}) { ${SELECTION} }`,
  );
  return {
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokens.get(role)}`,
      'purpose-of-use': purpose,
    },
    body: JSON.stringify({ query: `{ ${fields.join(' ')} }` }),
    about: people.map((person, n) => ({ subject: person[type].subject, at: [`p${n}`] })),
  };
}
