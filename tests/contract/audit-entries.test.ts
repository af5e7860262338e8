import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecord } from '../../src/gateway/read-record.ts';
import { loadBundle } from '../../src/policy/load/load.ts';
import { addDays } from '../../src/record/day.ts';
import { type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const traits = population().traits();
const [allowed, another] = traits.allowed.map(({ identifiers }) => identifiers);
const [merged] = traits.merged;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

function person(type: string, value: unknown, selection = 'id'): string {
  return `person(identifier: {type: "${type}", value: "${value}"}) { ${selection} }`;
}

async function entriesOf(answer: GraphQLAnswer): Promise<Record<string, unknown>[]> {
  expect(answer.body.errors).toBeUndefined();
  return stack.entries(answer.body.extensions.requestId);
}

async function pseudonymBy(query: string, caller: Parameters<Stack['ask']>[1] = {}): Promise<string> {
  const [, entry] = await entriesOf(await stack.ask(query, caller));
  return (entry as { subject: { ref: string } }).subject.ref;
}

describe('AUDIT-03 an entry', () => {
  test.each([
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', true],
    ['cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more', true],
    ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', false],
    ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', false],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01', false],
    ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01', false],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more', false],
    ['4bf92f3577b34da6a3ce929d0e0e4736', false],
    ['00-Somebody’s number 485 777 3456', false],
  ])(
    'keeps the trace id of a traceparent that is well formed, and nothing of another: %s',
    async (traceparent, isKept) => {
      const answer = await stack.ask('{ __typename }', { headers: { traceparent: encodeURI(traceparent) } });
      const [entry] = await entriesOf(answer);
      expect(entry?.['trace']).toBe(isKept ? '4bf92f3577b34da6a3ce929d0e0e4736' : null);
    },
  );

  test('says who saw what of whom, when, why, on what ground and from where', async () => {
    const bundle = await loadBundle(join(PROJECT, 'policies'), await readRecord(join(PROJECT, 'schema')));
    const day = population().anchor;
    stack.clock.set(new Date(`${day}T09:30:00Z`));
    const answer = await stack.ask(
      `query Q { ${person('CRN', allowed?.['CRN'], 'custody { releaseDate offence } supervision { licenceType } policing { markers { code } }')} }`,
      { headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } },
    );
    stack.clock.set(new Date());
    const [request, disclosure, ...more] = await entriesOf(answer);
    expect(more).toEqual([]);
    const common = {
      v: 2,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      blind: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: expect.stringMatching(new RegExp(`^${day}T09:30:0\\d\\.\\d{3}Z$`)),
      requestId: answer.headers.get('x-request-id'),
      actor: {
        practitioner: 'PRO-0001',
        name: expect.stringMatching(/^\w+ \w+$/),
        subject: expect.any(String),
        issuer: stack.config.oidc.issuer,
        role: 'probation-practitioner',
        partner: 'probation-service',
        client: expect.any(String),
        tokenId: expect.any(String),
      },
      purpose: 'RELEASE_PLANNING',
      trace: '4bf92f3577b34da6a3ce929d0e0e4736',
      network: '127.0.0.1',
      node: hostname(),
      policy: bundle.hash,
      operation: { name: null, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    };
    expect(request).toEqual({
      ...common,
      kind: 'request',
      processing: 'combination',
      outcome: 'answered',
      status: 200,
      reasons: [
        { gate: 'partner', outcome: 'pass', code: 'KNOWN', ref: 'probation-service' },
        { gate: 'client', outcome: 'pass', code: 'REGISTERED', ref: null },
        { gate: 'practitioner', outcome: 'pass', code: 'NAMED', ref: null },
        { gate: 'role', outcome: 'pass', code: 'ACTIVE', ref: 'probation-practitioner' },
        { gate: 'purpose', outcome: 'pass', code: 'ALLOWED', ref: 'RELEASE_PLANNING' },
      ],
      sources: ['hmpps-prisons', 'probation-service'],
      counts: { subjects: 1, shown: 1, considered: 1 },
    });
    expect(disclosure).toMatchObject({
      ...common,
      kind: 'disclosure',
      processing: 'disclosure',
      outcome: 'shown',
      subject: { ref: expect.stringMatching(/^[\w-]{43}$/), epoch: 1 },
      relationship: {
        type: 'SUPERVISION_ALLOCATION',
        evidence: expect.stringMatching(/./),
        assertedBy: expect.not.stringMatching(/^PRO-0001$/),
      },
      agreements: ['OWN-PRB', 'PRI-PRB-01'],
      basis: ['OMA-2007-s14'],
      classes: ['custody.offence', 'custody.release', 'supervision.licence'],
      breakGlass: null,
      released: [
        'hmpps-prisons|Custody.offence',
        'hmpps-prisons|Custody.releaseDate',
        'probation-service|Supervision.licenceType',
      ],
    });
    expect(disclosure?.['sections']).toEqual(
      expect.arrayContaining([
        { section: 'custody', holder: 'hmpps-prisons', status: 'AVAILABLE', asked: true },
        { section: 'supervision', holder: 'probation-service', status: 'AVAILABLE', asked: true },
      ]),
    );
  });

  test('says of what was withheld what the caller was told of it: a public code, or nothing of what is hidden', async () => {
    const selection = 'custody { releaseDate } policing { markers { code } } treatment { nextAppointmentAt }';
    const answer = await stack.ask(`{ ${person('CRN', allowed?.['CRN'], selection)} }`);
    const told = answer.body.extensions.withheld.flatMap(({ fields }: { fields: string[] }) => fields);
    expect(told).toEqual(['PoliceMarker.code', 'Policing.markers']);
    const [, disclosure] = await entriesOf(answer);
    const withheld = disclosure?.['withheld'] as { field: string; reason: { code: string }; told: string | null }[];
    expect(withheld.map(({ field, reason, told: code }) => [field, reason.code, code])).toEqual([
      ['Policing.markers', 'NOT_IN_VIEW', 'NOT_IN_VIEW'],
      ['PoliceMarker.code', 'NOT_IN_VIEW', 'NOT_IN_VIEW'],
      ['Treatment.nextAppointmentAt', 'NOT_IN_VIEW', null],
    ]);

    const explained = await stack.ask(`{ ${person('CRN', allowed?.['CRN'], selection)} }`, {
      headers: { prefer: 'explain' },
    });
    const groups = explained.body.extensions.explain.withheld as { fields: string[]; reason: string }[];
    const [, explanation] = await entriesOf(explained);
    const explainedAway = (explanation?.['withheld'] ?? []) as typeof withheld;
    for (const { field, told: code } of explainedAway) {
      expect(groups.filter(({ fields }) => fields.includes(field)).map(({ reason }) => reason)).toEqual([code]);
    }
    expect(explainedAway.map(({ told: code }) => code)).toContain('NOT_AVAILABLE');
  });

  test('stands in columns that say the same as its bytes', async () => {
    const rows = await stack.sql<Record<string, unknown>>(
      `select id, kind, request_id, partner, practitioner, subject, at, convert_from(body, 'UTF8') as text from audit.entry`,
    );
    expect(rows.length).toBeGreaterThan(2);
    for (const { text, at, ...columns } of rows) {
      const body = JSON.parse(String(text));
      expect(columns).toEqual({
        id: body.id,
        kind: body.kind,
        request_id: body.requestId ?? null,
        partner: body.actor?.partner ?? null,
        practitioner: body.actor?.practitioner ?? null,
        subject: body.subject?.ref ?? null,
      });
      expect((at as Date).toISOString()).toBe(body.at);
    }
  });

  test('names a person by one pseudonym, whoever asks and by whatever', async () => {
    const ask = (query: string, caller?: Parameters<Stack['ask']>[1]) => pseudonymBy(`{ ${query} }`, caller);
    const { body } = await stack.ask(`{ ${person('CRN', merged?.identifiers['CRN'])} }`);
    const refs = await Promise.all([
      ask(person('CRN', merged?.identifiers['CRN'])),
      ask(person('PRISON_NUMBER', merged?.identifiers['PRISON_NUMBER'])),
      ask(person('PRISON_NUMBER', merged?.former['PRISON_NUMBER'])),
      ask(`person(id: "${body.data.person.id}") { id }`),
      ask(person('NINO', merged?.identifiers['NINO']), { persona: 'work-coach', purpose: 'BENEFITS_EMPLOYMENT' }),
      ask(person('CRN', merged?.identifiers['CRN']), { practitioner: 'PRO-0002' }),
    ]);
    expect(new Set(refs).size).toBe(1);
    const others = await Promise.all([
      ask(person('CRN', allowed?.['CRN'])),
      ask(person('CRN', another?.['CRN'])),
      ask(person('CRN', 'Z999999')),
      ask(person('CRN', 'Z999998')),
    ]);
    expect(new Set([...refs, ...others]).size).toBe(5);
  });

  test('is one for a person who stands in several places of an answer, with what all of them tell', async () => {
    const answer = await stack.ask(
      `{ a: ${person('CRN', allowed?.['CRN'], 'id custody { releaseDate }')} b: ${person('PRISON_NUMBER', allowed?.['PRISON_NUMBER'], 'supervision { licenceType }')} c: ${person('CRN', another?.['CRN'], 'custody { status }')} }`,
    );
    const [request, ...disclosures] = await entriesOf(answer);
    expect(request).toMatchObject({ counts: { subjects: 2, shown: 2, considered: 3 } });
    expect(disclosures.map(({ released }) => released)).toEqual([
      ['hmpps-prisons|Custody.releaseDate', 'probation-service|Supervision.licenceType'],
      ['hmpps-prisons|Custody.status'],
    ]);

    const { id } = answer.body.data.a;
    const list = await stack.ask(`{ people(ids: ["${id}", "${id}", "${'x'.repeat(22)}"]) { custody { status } } }`);
    const [, shown, unknown, ...more] = await entriesOf(list);
    expect(shown).toMatchObject({ kind: 'disclosure', released: ['hmpps-prisons|Custody.status'] });
    expect(unknown).toMatchObject({ kind: 'refusal', outcome: 'nothing-to-show' });
    expect(more).toEqual([]);
  });

  test('is there for a field that was null: a nil tells something too', async () => {
    stack.recorder.interfere('hmpps-prisons', ({ representations }) => ({
      status: 200,
      body: JSON.stringify({
        data: {
          _entities: representations.map((key) => ({
            ...key,
            custody: { asOf: new Date().toISOString(), releaseDate: null, offenderManager: null },
          })),
        },
      }),
    }));
    const selection = 'custody { releaseDate offenderManager { name } }';
    const answer = await stack.ask(`{ ${person('CRN', allowed?.['CRN'], selection)} }`);
    stack.recorder.interfere('hmpps-prisons', null);
    expect(answer.body.data.person.custody).toEqual({ releaseDate: null, offenderManager: null });
    const [, disclosure] = await entriesOf(answer);
    expect(disclosure).toMatchObject({
      released: ['hmpps-prisons|Custody.offenderManager', 'hmpps-prisons|Custody.releaseDate'],
      withheld: [],
    });
  });

  test('says of a holder that was asked and not heard that nothing of it was released', async () => {
    stack.recorder.interfere('hmpps-prisons', () => 'dead');
    const answer = await stack.ask(`{ ${person('CRN', allowed?.['CRN'], 'custody { releaseDate }')} }`);
    stack.recorder.interfere('hmpps-prisons', null);
    const [request, disclosure] = await entriesOf(answer);
    expect(request).toMatchObject({ sources: ['hmpps-prisons'] });
    expect(disclosure).toMatchObject({
      released: [],
      agreements: [],
      sections: [{ section: 'custody', holder: 'hmpps-prisons', status: 'UNAVAILABLE', asked: true }],
    });
  });

  test('is there for everybody on a page of releases, and for nobody who was only looked through', async () => {
    const { anchor } = population();
    const day = (offset: number) => addDays(anchor, offset);
    const answer = await stack.ask(
      `{ releases(from: "${day(-180)}", to: "${day(180)}", first: 3) { edges { node { id custody { releaseDate } } } pageInfo { hasNextPage } } }`,
    );
    const { edges, pageInfo } = answer.body.data.releases;
    expect([edges.length, pageInfo.hasNextPage]).toEqual([3, true]);
    const [request, ...disclosures] = await entriesOf(answer);
    expect(request).toMatchObject({ kind: 'request', sources: ['hmpps-prisons'], counts: { subjects: 3, shown: 3 } });
    expect((request as { counts: { considered: number } }).counts.considered).toBeGreaterThan(3);
    expect(disclosures.map(({ kind, released }) => [kind, released])).toEqual(
      Array.from({ length: 3 }, () => ['disclosure', ['hmpps-prisons|Custody.releaseDate']]),
    );
    expect(new Set(disclosures.map(({ subject }) => (subject as { ref: string }).ref)).size).toBe(3);
  });

  test('AUDIT-03 says that a place in the list of releases tells the date, also when no date is selected', async () => {
    const { anchor } = population();
    const day = (offset: number) => addDays(anchor, offset);
    const answer = await stack.ask(
      `{ releases(from: "${day(-180)}", to: "${day(180)}", first: 1) { edges { cursor node { id } } } }`,
    );
    const [, disclosure] = await entriesOf(answer);
    expect(disclosure).toMatchObject({ released: ['hmpps-prisons|Custody.releaseDate'], agreements: ['PRI-PRB-01'] });
    const [{ cursor }] = answer.body.data.releases.edges;
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/\d{4}-\d{2}-\d{2}/);
  });
});
