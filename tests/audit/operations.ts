import { type Logged, parseLogged } from '../../src/audit/logged.ts';
import type { Releases } from '../../src/audit/reading.ts';

/** An entry as it would be parsed out of the log, with what a test says of it. */
export function logged(content: Readonly<Record<string, unknown>>): Logged {
  made += 1;
  const frame = { v: 2, id: `entry-${made}`, at: '2026-11-22T09:30:00.000Z', kind: 'request', node: 'gateway-1' };
  const entry = parseLogged(Buffer.from(JSON.stringify({ ...frame, ...content })));
  if (entry === null) throw new Error('the test made no entry');
  return entry;
}

let made = 0;

/** A practitioner of a partner. */
export function actor(partner: string, practitioner = 'P-1') {
  return {
    practitioner,
    name: 'A practitioner',
    subject: 'sub-1',
    issuer: 'https://issuer.example',
    role: 'practitioner',
    partner,
    client: `client-of-${partner}`,
    tokenId: 'jti-1',
  };
}

export const PASS = { gate: 'relationship', outcome: 'pass', code: 'SUPERVISION_ALLOCATION', ref: 'ALLOC-1' };
export const NO_PERMISSION = { gate: 'permission', outcome: 'refuse', code: 'NO_PERMISSION', ref: 'CONSENT' };

export interface Person {
  readonly ref: string;
  readonly epoch?: number;
  /** `holder|Type.field` */
  readonly released?: readonly string[];
  readonly withheld?: readonly { field: string; holder: string | null; told: string | null }[];
  /** Shown nothing of, by this gate. */
  readonly refusedBy?: { gate: string; outcome: string; code: string; ref: string | null };
}

export interface Operation {
  readonly requestId: string;
  readonly partner: string;
  readonly practitioner?: string;
  readonly at?: string;
  readonly people: readonly Person[];
  readonly common?: Readonly<Record<string, unknown>>;
}

/** The entries of one operation, as a gateway writes them: of the request, then of each person. */
export function operation({ requestId, partner, practitioner, at, people, common = {} }: Operation): Logged[] {
  const shared = {
    at: at ?? '2026-11-22T09:30:00.000Z',
    requestId,
    trace: '4bf92f3577b34da6a3ce929d0e0e4736',
    network: '192.0.2.1',
    actor: actor(partner, practitioner),
    purpose: 'RELEASE_PLANNING',
    policy: 'f'.repeat(64),
    operation: { name: null, hash: 'a'.repeat(64) },
    ...common,
  };
  const holders = (person: Person) => (person.released ?? []).map((field) => field.split('|')[0] ?? '');
  const sources = [...new Set(people.flatMap(holders))].sort();
  const request = logged({
    ...shared,
    id: `${requestId}/request`,
    kind: 'request',
    processing: sources.length > 1 ? 'combination' : 'consultation',
    outcome: 'answered',
    status: 200,
    reasons: [{ gate: 'partner', outcome: 'pass', code: 'KNOWN', ref: partner }],
    sources,
    counts: { subjects: people.length, shown: people.filter(({ refusedBy }) => !refusedBy).length, considered: 9 },
  });
  return [
    request,
    ...people.map((person) =>
      logged({
        ...shared,
        id: `${requestId}/${person.ref}`,
        kind: person.refusedBy ? 'refusal' : 'disclosure',
        processing: person.refusedBy ? 'consultation' : 'disclosure',
        subject: { ref: person.ref, epoch: person.epoch ?? 1 },
        outcome: person.refusedBy ? 'nothing-to-show' : 'shown',
        reasons: [person.refusedBy ?? PASS],
        relationship: person.refusedBy
          ? null
          : { type: 'SUPERVISION_ALLOCATION', evidence: 'ALLOC-1', assertedBy: 'allocation-feed' },
        agreements: [...new Set(holders(person))].sort().map((holder) => `AGREED-${holder}`),
        basis: [...new Set(holders(person))].sort().map((holder) => `POWER-${holder}`),
        classes: [...new Set((person.released ?? []).map((field) => classOf(field.split('|')[1] ?? '') ?? ''))].sort(),
        breakGlass: null,
        sections: [...new Set(holders(person))].sort().map((holder) => ({
          section: `of-${holder}`,
          holder,
          status: 'AVAILABLE',
          asked: true,
        })),
        released: [...(person.released ?? [])].sort(),
        withheld: (person.withheld ?? []).map((each) => ({ ...each, reason: NO_PERMISSION })),
      }),
    ),
  ];
}

/** As if every type were a class, and every holder had one agreement under one power. */
export const RELEASES: Releases = {
  classOf,
  holdersOf: (coordinate) => HOLDERS[classOf(coordinate) ?? ''] ?? [],
  agreements: new Map(
    ['prison', 'police', 'health', 'probation'].map((holder) => [
      `AGREED-${holder}`,
      { holders: [holder], powers: [`POWER-${holder}`] },
    ]),
  ),
};

const HOLDERS: Readonly<Record<string, readonly string[]>> = {
  custody: ['prison'],
  policing: ['police'],
  care: ['health'],
};

function classOf(coordinate: string): string | null {
  return coordinate.split('.')[0]?.toLowerCase() ?? null;
}
