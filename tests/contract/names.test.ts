import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { OFFICER } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1], index = 0) => subjects(people, trait)[index] as Subject;
const officer = (practitioner: string, partner = 'probation-service') => ({ ...OFFICER, partner, practitioner });
const lead = (practitioner: string) => ({
  persona: 'ig-lead',
  partner: 'throughgate-board',
  purpose: 'IG_ASSURANCE',
  practitioner,
});
const [ONE, TWO, THREE] = ['IGO-0001', 'IGO-0002', 'IGO-0003'].map((id) => officer(id)) as [Caller, Caller, Caller];
type Caller = ReturnType<typeof officer>;

const ASK = `mutation ($input: AskForNamesInput!) { askForNames(input: $input) { ok code allowedNow reference } }`;
const AGREE = `mutation ($input: AgreeToNamesInput!) { agreeToNames(input: $input) { ok code allowedNow until } }`;
const NAMES = `query ($reference: ID!) {
  names(reference: $reference) {
    ok code allowedNow askedBy agreedBy reason asked until people { subject identifiers { holder type value } }
  }
}`;

let stack: Stack;
let pseudonym: (subject: Subject) => string;
let keys = 0;

beforeAll(async () => {
  stack = await startStack();
  const pseudonyms = createPseudonyms(stack.config.auditHmacKeys);
  pseudonym = ({ uuid }) => pseudonyms.ofPerson(uuid).ref;
});

afterAll(() => stack?.close());

function ask(caller: AskOptions, wanted: readonly string[], more: object = {}) {
  keys += 1;
  const input = { subjects: wanted, reason: 'BREACH', idempotencyKey: `names-of-test-${keys}`, ...more };
  return stack.ask(ASK, { ...caller, variables: { input } });
}

async function asked(caller: AskOptions, wanted: readonly string[]): Promise<string> {
  const answer = await ask(caller, wanted);
  expect(answer.body.data.askForNames, answer.text).toMatchObject({ ok: true, allowedNow: ['names'] });
  return answer.body.data.askForNames.reference;
}

const agree = (caller: AskOptions, reference: string) =>
  stack.ask(AGREE, { ...caller, variables: { input: { reference } } });
const names = (caller: AskOptions, reference: string) => stack.ask(NAMES, { ...caller, variables: { reference } });

describe('the way back from pseudonyms to people', () => {
  const subject = someone('allowed');

  test('takes two people, and gives an officer the number by which their own partner knows each', async () => {
    const unknown = 'A'.repeat(43);
    const reference = await asked(ONE, [pseudonym(subject), unknown]);
    const before = await names(TWO, reference);
    expect(before.body.data.names).toEqual({
      ok: false,
      code: 'NOT_AGREED',
      allowedNow: ['agreeToNames'],
      askedBy: 'IGO-0001',
      agreedBy: null,
      reason: 'BREACH',
      asked: 2,
      until: null,
      people: [],
    });
    const agreed = await agree(TWO, reference);
    expect(agreed.body.data.agreeToNames).toMatchObject({ ok: true, code: null, allowedNow: ['names'] });
    const found = {
      subject: pseudonym(subject),
      identifiers: [{ holder: 'probation-service', type: 'CRN', value: subject.identifiers['CRN'] }],
    };
    for (const caller of [ONE, TWO]) {
      const { body } = await names(caller, reference);
      expect(body.data.names).toMatchObject({ ok: true, code: null, agreedBy: 'IGO-0002' });
      expect(new Set(body.data.names.people)).toEqual(new Set([found, { subject: unknown, identifiers: [] }]));
    }
  });

  test('leaves an entry of each step, and one for each person who was named', async () => {
    const answer = await ask(ONE, [pseudonym(subject)]);
    const { reference } = answer.body.data.askForNames;
    const agreed = await agree(TWO, reference);
    const named = await names(ONE, reference);
    const kinds = async ({ body }: typeof named) =>
      (await stack.entries(body.extensions.requestId)).slice(1).map((entry) => ({
        kind: entry['kind'],
        outcome: entry['outcome'],
        reference: entry['reference'],
        subject: (entry['subject'] as { ref: string } | null)?.ref ?? null,
      }));
    const step = (kind: string, outcome: string, ref: string | null = null) => ({
      kind,
      outcome,
      reference,
      subject: ref,
    });
    expect(await kinds(answer)).toEqual([step('review', 'ASKED_BREACH')]);
    expect(await kinds(agreed)).toEqual([step('review', 'AGREED_BREACH')]);
    expect(await kinds(named)).toEqual([step('search', 'answered'), step('search', 'answered', pseudonym(subject))]);
    expect(JSON.stringify(await stack.entries(named.body.extensions.requestId))).not.toContain(
      subject.identifiers['CRN'],
    );
  });

  test('is open to nobody else, and for a day', async () => {
    const reference = await asked(ONE, [pseudonym(subject)]);
    expect((await agree(ONE, reference)).body.data.agreeToNames).toMatchObject({ ok: false, code: 'OWN_REQUEST' });
    const elsewhere = officer('IGO-0002', 'hmpps-prisons');
    expect((await agree(elsewhere, reference)).body.data.agreeToNames).toMatchObject({ ok: false, code: 'NOT_OPEN' });
    expect((await agree(TWO, reference)).body.data.agreeToNames.ok).toBe(true);
    expect((await agree(THREE, reference)).body.data.agreeToNames).toMatchObject({ ok: false, code: 'NOT_OPEN' });
    for (const caller of [THREE, elsewhere, lead('IGL-0001')]) {
      const { body } = await names(caller, reference);
      expect(body.data.names).toMatchObject({ ok: false, code: 'NOT_OPEN', asked: null, people: [] });
    }
    const now = new Date();
    stack.clock.set(new Date(now.getTime() + 25 * 3_600_000));
    try {
      const { body } = await names(ONE, reference);
      expect(body.data.names).toMatchObject({ ok: false, code: 'EXPIRED', allowedNow: ['askForNames'], people: [] });
    } finally {
      stack.clock.set(now);
    }
  });

  test('gives the lead each holder’s own number, and only those that are sure', async () => {
    const unsure = someone('belowThreshold');
    const wanted = [pseudonym(subject), pseudonym(unsure)];
    const reference = await asked(lead('IGL-0001'), wanted);
    await agree(lead('IGL-0002'), reference);
    const { body } = await names(lead('IGL-0001'), reference);
    const holdersOf = (ref: string): string[] =>
      body.data.names.people
        .find((each: { subject: string }) => each.subject === ref)
        .identifiers.map(({ holder }: { holder: string }) => holder);
    expect(holdersOf(wanted[0] ?? '')).toHaveLength(12);
    expect(holdersOf(wanted[1] ?? '')).not.toContain('northmere-police');
    expect(holdersOf(wanted[1] ?? '')).toContain('hmpps-prisons');
  });

  test('SHARE-06 leads to nobody whom another partner restricts; its owner’s officers find them', async () => {
    const restricted = someone('allowed', 1);
    await stack.sql(
      `insert into record.restriction (person, type, owner, reference, accounts, desks, unresolved, valid_from)
       values ($1, 'RESTRICTION', 'hmpps-prisons', 'N-1', '{}', '{}', '{}', '2020-01-01')`,
      [restricted.uuid],
    );
    const wanted = [pseudonym(restricted)];
    const nobody = { subject: wanted[0], identifiers: [] };
    for (const [first, second] of [
      [ONE, TWO],
      [lead('IGL-0001'), lead('IGL-0002')],
    ] as const) {
      const reference = await asked(first, wanted);
      await agree(second, reference);
      const answer = await names(first, reference);
      expect(answer.body.data.names.people).toEqual([nobody]);
      expect(await stack.entries(answer.body.extensions.requestId)).toHaveLength(2);
    }
    const own = (practitioner: string) => officer(practitioner, 'hmpps-prisons');
    const reference = await asked(own('IGO-0001'), wanted);
    await agree(own('IGO-0002'), reference);
    const { body } = await names(own('IGO-0001'), reference);
    expect(body.data.names.people[0].identifiers).toMatchObject([{ holder: 'hmpps-prisons', type: 'PRISON_NUMBER' }]);
  });
});

describe('what is asked', () => {
  test('again under the same key is the same request, and another one is not taken for it', async () => {
    const key = { idempotencyKey: 'names-once-only' };
    const wanted = ['B'.repeat(43), 'C'.repeat(43)];
    const first = await ask(ONE, wanted, key);
    const again = await ask(ONE, wanted.toReversed(), key);
    expect(again.body.data).toEqual(first.body.data);
    const other = await ask(ONE, wanted.slice(1), key);
    expect(other.body.data.askForNames).toMatchObject({ ok: false, code: 'IDEMPOTENCY_KEY_REUSED', reference: null });
  });

  test.each([
    ['no pseudonyms', [], {}],
    ['too many', Array.from({ length: 501 }, (_, index) => String(index).padStart(43, 'A')), {}],
    ['what is no pseudonym', ['A0000AA'], {}],
    ['for no reason that there is', ['A'.repeat(43)], { reason: 'CURIOSITY' }],
    ['without a key', ['A'.repeat(43)], { idempotencyKey: 'short' }],
  ])('is refused with %s', async (_, wanted, more) => {
    const answer = await ask(ONE, wanted, more);
    expect(answer.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(answer.text).not.toContain('A0000AA');
  });
});
