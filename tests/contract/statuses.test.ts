import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Interference } from '../stack/recorder.ts';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { HOUSING, visible } from './callers.ts';
import { STALE_AFTER_HOURS } from './oracle/policy.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';
import { asOf, ROWS, row } from './rows.ts';

const people = population();
const first = (trait: Parameters<typeof subjects>[1]) => subjects(people, trait)[0] as Subject;
const HOLDERS_OF_MANY = ['northmere', 'southdale'];

let stack: Stack;
const interfered = new Set<string>();

beforeAll(async () => {
  stack = await startStack();
});

afterEach(() => {
  for (const holder of interfered) stack.recorder.interfere(holder, null);
  interfered.clear();
  stack.clock.set(new Date());
});

afterAll(() => stack.close());

function interfere(holder: string, how: Interference): void {
  interfered.add(holder);
  stack.recorder.interfere(holder, how);
}

/** Asks as the probation practitioner who plans the release, by prison number. */
function ask(subject: Subject, selection: string, options: AskOptions = {}): Promise<GraphQLAnswer> {
  const value = subject.identifiers['PRISON_NUMBER'];
  return stack.ask(`{ person(identifier: {type: "PRISON_NUMBER", value: "${value}"}) { ${selection} } }`, options);
}

describe('SHARE-05 a holder that answers', () => {
  test('SHARE-05 AVAILABLE: with when it was updated and how sure the match is', async () => {
    const { body } = await ask(first('allowed'), `risk { riskToStaff } policing { holder } ${ROWS}`);
    expect(body.data.person.sections).toEqual([
      row('risk', 'probation-service', 'AVAILABLE', { asOf }),
      ...HOLDERS_OF_MANY.map((area) => row('policing', `${area}-police`, 'AVAILABLE', { asOf })),
    ]);
    expect(Object.keys(body.extensions)).toEqual(['requestId']);
  });

  test('SHARE-05 STALE: older than the section’s limit, and still shown', async () => {
    const { body } = await ask(first('stale'), `custody { releaseDate } accommodation { holder } ${ROWS}`);
    expect(body.data.person.custody.releaseDate).toMatch(/^\d{4}-/);
    expect(body.data.person.sections).toEqual([
      row('custody', 'hmpps-prisons', 'STALE', { asOf }),
      ...HOLDERS_OF_MANY.map((area) => row('accommodation', `${area}-housing`, 'STALE', { asOf })),
    ]);
    for (const { asOf: at, section } of body.data.person.sections)
      expect(Date.now() - Date.parse(at)).toBeGreaterThan(STALE_AFTER_HOURS(section) * 3_600_000);
  });

  test('SHARE-05 the same answer is AVAILABLE up to the limit and STALE after it', async () => {
    const statusAt = async (instant: number) => {
      stack.clock.set(new Date(instant));
      const { body } = await ask(first('allowed'), `custody { releaseDate } ${ROWS}`);
      return body.data.person.sections[0];
    };
    const updated = Date.parse((await statusAt(Date.now())).asOf);
    const limit = updated + STALE_AFTER_HOURS('custody') * 3_600_000;
    expect((await statusAt(limit - 60_000)).status).toBe('AVAILABLE');
    expect((await statusAt(limit + 60_000)).status).toBe('STALE');
  });

  test('SHARE-05 a person of a merged record is found by the former number and asked about by the present one', async () => {
    const subject = first('merged');
    const byFormer = await stack.ask(
      `{ person(identifier: {type: "PRISON_NUMBER", value: "${subject.former['PRISON_NUMBER']}"}) { id custody { releaseDate } } }`,
    );
    const byPresent = await ask(subject, 'id custody { releaseDate }');
    expect(byFormer.body.data).toEqual(byPresent.body.data);
    expect(byFormer.body.data.person.custody.releaseDate).toMatch(/^\d{4}-/);
    expect(wireOf(stack, byFormer).map(({ representations }) => representations)).toEqual([
      [{ __typename: 'Person', prisonNumber: subject.identifiers['PRISON_NUMBER'] }],
    ]);
  });
});

describe('SHARE-05 a section without data', () => {
  const OPEN = 'policing { holder domesticAbuse { level } } childrens { plan } accommodation { district }';

  test('SHARE-05 NOT_HELD: asked in this request, and the holder said that it holds nothing', async () => {
    const answer = await ask(first('notHeld'), `${OPEN} custody { releaseDate } ${ROWS}`);
    const { sections, custody, ...rest } = answer.body.data.person;
    expect(rest).toEqual({ policing: null, childrens: null, accommodation: null });
    expect(custody.releaseDate).toMatch(/^\d{4}-/);
    expect(sections).toEqual([
      ...HOLDERS_OF_MANY.map((area) => row('policing', `${area}-police`, 'NOT_HELD')),
      ...HOLDERS_OF_MANY.map((area) => row('childrens', `${area}-children`, 'NOT_HELD')),
      ...HOLDERS_OF_MANY.map((area) => row('accommodation', `${area}-housing`, 'NOT_HELD')),
      row('custody', 'hmpps-prisons', 'AVAILABLE', { asOf }),
    ]);
    expect(Object.keys(answer.body.extensions)).toEqual(['requestId']);
    expect(wireOf(stack, answer)).toHaveLength(7);
  });

  test('SHARE-05 NOT_HELD: a holder that knows nobody by the number says the same', async () => {
    interfere('northmere-police', (_call, { status }) => ({ status, body: '{"data":{"_entities":[null]}}' }));
    const { body } = await ask(first('allowed'), `policing { holder } ${ROWS}`);
    expect(body.data.person).toEqual({
      policing: [{ holder: 'southdale-police' }],
      sections: [
        row('policing', 'northmere-police', 'NOT_HELD'),
        row('policing', 'southdale-police', 'AVAILABLE', { asOf }),
      ],
    });
  });

  test('SHARE-05 NOT_LINKED: no identifier, so nobody is asked', async () => {
    const answer = await ask(first('notLinked'), `${OPEN} ${ROWS}`);
    expect(answer.body.data.person).toMatchObject({ policing: null, childrens: null });
    expect(answer.body.data.person.sections.slice(0, 2)).toEqual([
      row('policing', null, 'NOT_LINKED'),
      row('childrens', null, 'NOT_LINKED'),
    ]);
    expect(
      wireOf(stack, answer)
        .map(({ holder }) => holder)
        .sort(),
    ).toEqual(['northmere-housing', 'southdale-housing']);
  });

  test.each(['belowThreshold', 'oneForceOnly'] as const)(
    'SHARE-05 NOT_LINKED: %s, for the rest of the holders',
    async (trait) => {
      const answer = await ask(first(trait), `policing { holder } ${ROWS}`);
      const known = trait === 'belowThreshold' ? 'southdale-police' : 'northmere-police';
      expect(answer.body.data.person).toEqual({
        policing: [{ holder: known }],
        sections: [row('policing', known, 'AVAILABLE', { asOf }), row('policing', null, 'NOT_LINKED')],
      });
      expect(wireOf(stack, answer).map(({ holder }) => holder)).toEqual([known]);
    },
  );

  test('SHARE-05 WITHHELD: the view may know of the section, and nothing of it is shown', async () => {
    const answer = await ask(
      first('permissionWithdrawn'),
      `accommodation { dutyToRefer { outcome } } ${ROWS}`,
      HOUSING,
    );
    expect(answer.body.data.person).toEqual({
      accommodation: null,
      sections: [row('accommodation', null, 'WITHHELD', { reason: 'NOT_SHARED' })],
    });
    expect(answer.body.extensions.withheld).toMatchObject([
      {
        section: 'accommodation',
        fields: ['Accommodation.dutyToRefer', 'DutyToRefer.outcome'],
        reason: 'NOT_SHARED',
        paths: [['person']],
      },
    ]);
    expect(wireOf(stack, answer)).toEqual([]);
  });

  test('SHARE-05 WITHHELD before NOT_LINKED: policy is told first, and nothing of whether there is a link', async () => {
    const [one, two] = subjects(people, 'permissionWithdrawn') as [Subject, Subject];
    await stack.sql(`delete from record.link where person = $1 and type = 'HOUSING_APPLICATION'`, [two.uuid]);
    const query = `accommodation { dutyToRefer { outcome } } ${ROWS}`;
    const [linked, unlinked] = [await ask(one, query, HOUSING), await ask(two, query, HOUSING)];
    expect(visible(unlinked)).toEqual(visible(linked));
  });

  test.each(['holder', '__typename'])(
    'SHARE-05 a section of which only { %s } is selected is said to be withheld like any other',
    async (selection) => {
      const answer = await ask(first('allowed'), `policing { ${selection} }`, HOUSING);
      expect(answer.body.data.person).toEqual({ policing: null });
      expect(answer.body.extensions.withheld).toMatchObject([{ section: 'policing', reason: 'NOT_IN_VIEW' }]);
      const headers = { prefer: 'withheld=refuse' };
      const refused = await ask(first('allowed'), `policing { ${selection} }`, { ...HOUSING, headers });
      expect(refused.status).toBe(403);

      stack.clock.set(new Date('2029-01-01T12:00:00Z'));
      const expired = await ask(first('allowed'), `policing { ${selection} } sections { status reason }`);
      expect(expired.body.data.person.sections).toEqual([{ status: 'WITHHELD', reason: 'NO_AGREEMENT' }]);
      expect(expired.body.extensions.withheld).toMatchObject([{ section: 'policing', reason: 'NO_AGREEMENT' }]);
    },
  );

  test('SHARE-05 a section outside the view has no row, whatever there is', async () => {
    const answers = await Promise.all(
      (['allowed', 'notLinked', 'notHeld', 'stale', 'oneForceOnly'] as const).map((trait) =>
        ask(first(trait), `policing { holder markers { code } } ${ROWS}`, HOUSING),
      ),
    );
    for (const answer of answers) {
      expect(answer.body.data.person).toEqual({ policing: null, sections: [] });
      expect(answer.body.extensions.withheld).toMatchObject([{ section: 'policing', reason: 'NOT_IN_VIEW' }]);
      expect(visible(answer)).toEqual(visible(answers[0] as GraphQLAnswer));
    }
  });
});
