import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { addDays } from '../../src/record/day.ts';
import { type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { type Caller, HOUSING, POLICE, PRISON, PROBATION, visible } from './callers.ts';
import { BREAK_GLASS } from './glass.ts';
import { roleOf } from './oracle/policy.ts';
import { EVERYTHING } from './oracle/record.ts';
import { lookup, type Subject, subjects } from './oracle/subject.ts';

const people = population();
const subject = subjects(people, 'allowed')[0] as Subject;
let stack: Stack;
let kept: readonly object[];

/** One view of each kind of partner that sees something which waits for a permission, or protects somebody. */
const CALLERS: readonly Caller[] = [
  PROBATION,
  PRISON,
  HOUSING,
  POLICE,
  { persona: 'childrens-services', partner: 'northmere-children', purpose: 'CHILD_CHECK' },
  { persona: 'health-practitioner', partner: 'health-service', purpose: 'HEALTH_CONTINUITY' },
  { persona: 'treatment-keyworker', partner: 'northmere-treatment', purpose: 'TREATMENT_CONTINUITY' },
  { persona: 'accommodation-provider', partner: 'harbour-homes', purpose: 'HOUSING_REFERRAL' },
];

const CLASSES = Object.keys(
  parse(readFileSync(join(import.meta.dirname, '../../policies/data-classes.yaml'), 'utf8')).classes,
);

/** Risk to staff and others, licence conditions, recall, safeguarding and an alert to life. */
const PROTECTIVE = `risk { riskToStaff overall }
  supervision { licenceConditions { category } placementConditions recallDate checks { type } }
  policing { domesticAbuse { level } markers { code } } childrens { plan contactRestricted }
  health { riskToLife } identity { contactFirst }`;

beforeAll(async () => {
  stack = await startStack();
  kept = await stack.sql('select * from record.permission where person = $1', [subject.uuid]);
  expect(kept.length).toBeGreaterThan(0);
});

afterEach(async () => {
  await stack.sql('delete from record.objection where person = $1', [subject.uuid]);
  await restore();
});

afterAll(() => stack?.close());

async function restore(): Promise<void> {
  await stack.sql('delete from record.permission where person = $1', [subject.uuid]);
  await stack.sql(
    'insert into record.permission select * from jsonb_populate_recordset(null::record.permission, $1::jsonb)',
    [JSON.stringify(kept)],
  );
}

/** What becomes of every permission of the person. */
const STATES = {
  'never given': () => stack.sql('delete from record.permission where person = $1', [subject.uuid]),
  withdrawn: () =>
    stack.sql('update record.permission set valid_from = $2, valid_until = $3 where person = $1', [
      subject.uuid,
      '2026-01-01',
      addDays(people.anchor, -1),
    ]),
  'to be given': () =>
    stack.sql('update record.permission set valid_from = $2, valid_until = null where person = $1', [
      subject.uuid,
      addDays(people.anchor, 2),
    ]),
};

const ask = (caller: Caller, selection: string, prefer?: string) =>
  stack.ask(`{ person(${lookup(subject, roleOf(caller.persona), caller.partner)}) { ${selection} } }`, {
    ...caller,
    ...(prefer && { headers: { prefer } }),
  });

/** The number by which the caller looks the person up. */
function numberOf({ persona, partner }: Caller) {
  const [type = ''] = roleOf(persona).lookups;
  const known = subject.identifiers[type];
  return { type, value: typeof known === 'object' ? known[partner] : known };
}

/** What the log has of a request, less what is bound to differ. */
async function loggedOf(answer: GraphQLAnswer): Promise<string[]> {
  const entries = await stack.entries(String(answer.headers.get('x-request-id')));
  expect(entries.length).toBeGreaterThan(0);
  // What was written has a commitment of its own each time.
  return entries.map(({ id, at, blind, requestId, breakGlass, deed, text, ...entry }) => JSON.stringify(entry));
}

describe.each(CALLERS)('$persona for $purpose', (caller) => {
  test('a withdrawal is never visible: it looks like what was never given, whatever is asked', async () => {
    const id = (await ask(caller, 'id')).body.data.person.id as string;
    const glass = {
      identifier: numberOf(caller),
      reason: 'RISK_TO_LIFE',
      text: 'The person rang the desk in distress.',
    };
    const answers: Record<string, unknown[]> = {};
    for (const [state, arrange] of Object.entries(STATES)) {
      await restore();
      await arrange();
      const asked: GraphQLAnswer[] = await Promise.all([
        ask(caller, EVERYTHING),
        ask(caller, EVERYTHING, 'explain'),
        ask(caller, EVERYTHING, 'withheld=refuse'),
        ask(caller, 'treatment { engaged } accommodation { district } health { appointments }', 'withheld=refuse'),
        stack.ask(`{ people(ids: ["${id}"]) { ${EVERYTHING} } }`, caller),
        stack.ask(BREAK_GLASS, {
          ...caller,
          variables: { input: { ...glass, idempotencyKey: `state-${state.replaceAll(' ', '-')}-${caller.partner}` } },
        }),
      ]);
      answers[state] = await Promise.all(asked.map(async (answer) => [visible(answer), await loggedOf(answer)]));
    }
    await restore();
    const given = await ask(caller, EVERYTHING);
    // Where something waits for a permission, a permission in force does show.
    if (caller === PROBATION) expect([visible(given), await loggedOf(given)]).not.toEqual(answers['withdrawn']?.[0]);
    expect(answers['withdrawn']).toEqual(answers['never given']);
    expect(answers['to be given']).toEqual(answers['never given']);
  });

  test('neither the want of every permission nor an objection to everything hides what protects somebody', async () => {
    const before = (await ask(caller, PROTECTIVE)).body;
    await STATES['never given']();
    await stack.sql(
      `insert into record.objection (person, holder, recipient_type, data_class, decided_by, valid_from)
       select $1, '*', '*', data_class, 'DPO-1', '2026-01-01' from unnest($2::text[]) as class (data_class)`,
      [subject.uuid, CLASSES],
    );
    const after = (await ask(caller, PROTECTIVE)).body;
    expect(after.data).toEqual(before.data);
    expect(after.extensions.withheld).toEqual(before.extensions.withheld);
    expect(before.data.person.risk.riskToStaff).not.toBeNull();
    // What protects nobody is closed by the same objection.
    const { identity } = (await ask(caller, 'identity { name }')).body.data.person;
    expect(identity).toBeNull();
  });
});
