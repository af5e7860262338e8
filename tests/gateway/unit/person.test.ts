import { describe, expect, test } from 'vitest';
import { publicReason } from '../../../src/gateway/person.ts';
import type { SectionAnswer } from '../../../src/sources/loaders.ts';
import { decision, type Executed, link, run, type SmallSection, view } from './small.ts';

const FRESH = '2026-11-22T09:00:00Z';
const OLD = '2026-11-21T11:59:59Z';
const HELD: SectionAnswer = { state: 'HELD', asOf: FRESH, value: { asOf: FRESH, marac: true } };
const STALE: SectionAnswer = { state: 'HELD', asOf: OLD, value: { asOf: OLD, marac: true } };
const NIL: SectionAnswer = { state: 'NOT_HELD' };
const DOWN: SectionAnswer = { state: 'UNAVAILABLE', detail: 'answered with status 500' };

const MARAC = ['Policing.marac'];
const BOTH = { 'northmere-police': { always: MARAC }, 'southdale-police': { always: MARAC } };
const QUERY = '{ person(id: "0") { policing { marac } sections { section holder status reason asOf match } } }';

interface Case {
  readonly section?: SmallSection;
  /** Holder to the confidence of its link, or null where there is none. */
  readonly linked?: Readonly<Record<string, number | null>>;
  readonly fields?: readonly string[];
  readonly answers?: Readonly<Record<string, SectionAnswer>>;
  readonly query?: string;
}

async function look({
  section = { grants: BOTH },
  linked = {},
  fields = MARAC,
  answers = {},
  query = QUERY,
}: Case): Promise<Executed> {
  const holders = Object.entries(linked).map(([holder, confidence]) => [
    holder,
    { fields, link: confidence === null ? null : link(holder, confidence) },
  ]);
  return run(
    query,
    view({ policing: section }),
    [decision({ policing: Object.fromEntries(holders) })],
    (holder) => answers[holder] ?? DOWN,
  );
}

type Row = { holder: string | null; status: string; reason: string | null; asOf: string | null; match: number | null };
async function rows(given: Case): Promise<string[]> {
  const { data, errors } = await look(given);
  expect(errors).toEqual([]);
  const { sections } = data['person'] as { sections: Row[] };
  return sections.map(({ holder, status, reason, asOf, match }) =>
    [holder, status, reason, asOf, match].map((part) => part ?? '-').join(' '),
  );
}

const bothLinked = { 'northmere-police': 1, 'southdale-police': 0.96 };

describe('every status of a section is said when it is so, and only then', () => {
  test.each<[string, Case, string[]]>([
    [
      'AVAILABLE, when the holder answered',
      { linked: bothLinked, answers: { 'northmere-police': HELD, 'southdale-police': HELD } },
      [`northmere-police AVAILABLE - ${FRESH} 1`, `southdale-police AVAILABLE - ${FRESH} 0.96`],
    ],
    [
      "STALE, when its data is older than the section's limit",
      { linked: bothLinked, answers: { 'northmere-police': STALE, 'southdale-police': HELD } },
      [`northmere-police STALE - ${OLD} 1`, `southdale-police AVAILABLE - ${FRESH} 0.96`],
    ],
    [
      'NOT_HELD, when it was asked and holds nothing',
      { linked: bothLinked, answers: { 'northmere-police': NIL, 'southdale-police': NIL } },
      ['northmere-police NOT_HELD - - 1', 'southdale-police NOT_HELD - - 0.96'],
    ],
    [
      'UNAVAILABLE, when it could not be heard',
      { linked: bothLinked, answers: { 'northmere-police': DOWN, 'southdale-police': HELD } },
      ['northmere-police UNAVAILABLE - - 1', `southdale-police AVAILABLE - ${FRESH} 0.96`],
    ],
    [
      'NOT_LINKED once for all the rest',
      { linked: { 'northmere-police': 1, 'southdale-police': null }, answers: { 'northmere-police': HELD } },
      [`northmere-police AVAILABLE - ${FRESH} 1`, '- NOT_LINKED - - -'],
    ],
    [
      'NOT_LINKED alone, when nobody knows the person',
      { linked: { 'northmere-police': null, 'southdale-police': null } },
      ['- NOT_LINKED - - -'],
    ],
    [
      'WITHHELD once, when a permission is missing',
      {
        section: { grants: { 'northmere-police': { always: [], ifPermitted: MARAC } } },
        linked: bothLinked,
        fields: [],
      },
      ['- WITHHELD NOT_SHARED - -'],
    ],
    [
      'WITHHELD once, when no agreement gives it',
      { section: { grants: {}, alsoNeeded: MARAC }, linked: bothLinked, fields: [] },
      ['- WITHHELD NO_AGREEMENT - -'],
    ],
    [
      'WITHHELD once, when the view does not need it',
      { section: { grants: { 'northmere-police': { always: ['Policing.markers'] } } }, linked: bothLinked, fields: [] },
      ['- WITHHELD NOT_IN_VIEW - -'],
    ],
  ])('%s', async (_what, given, expected) => {
    expect(await rows(given)).toEqual(expected);
  });

  test('policy is told before link: what may not be shown is never NOT_LINKED', async () => {
    const section = { grants: { 'northmere-police': { always: [], ifPermitted: MARAC } } };
    const linked = { 'northmere-police': null, 'southdale-police': null };
    expect(await rows({ section, linked, fields: [] })).toEqual(['- WITHHELD NOT_SHARED - -']);
  });

  test('a section outside the view has no row', async () => {
    const { data } = await run(QUERY, view({}), [decision({})], () => DOWN);
    expect(data['person']).toMatchObject({ policing: null, sections: [] });
  });

  test('rows speak of the sections selected beside them, and only of those', async () => {
    const given = { linked: bothLinked, answers: { 'northmere-police': HELD } };
    expect(await rows({ ...given, query: '{ person(id: "0") { sections { section } } }' })).toEqual([]);
    const { asked } = await look({ ...given, query: '{ person(id: "0") { sections { section } } }' });
    expect(asked).toEqual([]);
  });

  test('age is counted from what the holder says, to the second', async () => {
    const at = (asOf: string): SectionAnswer => ({ state: 'HELD', asOf, value: { asOf, marac: true } });
    const status = async (asOf: string) =>
      (
        await rows({
          linked: { 'northmere-police': 1, 'southdale-police': 1 },
          answers: { 'northmere-police': at(asOf), 'southdale-police': HELD },
        })
      )[0]?.split(' ')[1];
    expect(await status('2026-11-21T12:00:00Z')).toBe('AVAILABLE');
    expect(await status('2026-11-21T11:59:59Z')).toBe('STALE');
    expect(await status('2026-11-21T13:00:00+01:00')).toBe('AVAILABLE');
    expect(await status('2026-11-23T00:00:00Z')).toBe('AVAILABLE');
  });
});

describe('SHARE-05 a hidden section is shown, or has the one status that says nothing', () => {
  const conditional = {
    existence: 'hidden' as const,
    grants: { 'northmere-police': { always: [], ifPermitted: MARAC } },
  };
  const hidden = { existence: 'hidden' as const, grants: BOTH };
  test.each<[string, Case]>([
    [
      'it is not held',
      { section: hidden, linked: bothLinked, answers: { 'northmere-police': NIL, 'southdale-police': NIL } },
    ],
    ['it cannot be heard', { section: hidden, linked: bothLinked }],
    [
      'one does not hold it and the other cannot be heard',
      { section: hidden, linked: bothLinked, answers: { 'northmere-police': NIL } },
    ],
    ['nobody is linked', { section: hidden, linked: { 'northmere-police': null, 'southdale-police': null } }],
    ['a permission is missing', { section: conditional, linked: bothLinked, fields: [] }],
    ['no agreement gives it', { section: { existence: 'hidden', grants: {}, alsoNeeded: MARAC }, linked: {} }],
  ])('whatever the cause: %s', async (_what, given) => {
    const { data, errors } = await look(given);
    expect(errors).toEqual([]);
    expect(JSON.stringify(data)).toBe(
      '{"person":{"policing":null,"sections":[{"section":"policing","holder":null,"status":"NOT_AVAILABLE","reason":null,"asOf":null,"match":null}]}}',
    );
  });

  test('where one holder shows it, nothing is said of the other', async () => {
    const answers = { 'northmere-police': HELD, 'southdale-police': DOWN };
    const expected = [`northmere-police AVAILABLE - ${FRESH} 1`];
    expect(await rows({ section: hidden, linked: bothLinked, answers })).toEqual(expected);
    expect(
      await rows({ section: hidden, linked: { 'northmere-police': 1, 'southdale-police': null }, answers }),
    ).toEqual(expected);
  });

  test('the audit entry keeps what was truly so', async () => {
    const { roots } = await look({ section: hidden, linked: bothLinked, answers: { 'northmere-police': NIL } });
    const outcome = roots.get('person')?.nodes[0]?.outcomes.get('policing');
    expect(outcome?.rows.map(({ status }) => status)).toEqual(['NOT_AVAILABLE']);
    expect(outcome?.trueRows.map(({ holder, status }) => `${holder} ${status}`)).toEqual([
      'northmere-police NOT_HELD',
      'southdale-police UNAVAILABLE',
    ]);
  });
});

describe('a list of holders', () => {
  test('is null unless one of them answered', async () => {
    for (const answers of [{}, { 'northmere-police': NIL, 'southdale-police': NIL }, { 'northmere-police': NIL }]) {
      const { data } = await look({ linked: bothLinked, answers });
      expect(data['person']).toMatchObject({ policing: null });
    }
  });

  test('holds those that answered, by name and in order', async () => {
    const query = '{ person(id: "0") { policing { holder marac } } }';
    const { data } = await look({
      linked: bothLinked,
      answers: { 'northmere-police': HELD, 'southdale-police': HELD },
      query,
    });
    expect(data['person']).toEqual({
      policing: [
        { holder: 'northmere-police', marac: true },
        { holder: 'southdale-police', marac: true },
      ],
    });
  });
});

test('SHARE-02 a holder is asked once for each section, by its own link, for what is selected and permitted', async () => {
  const query =
    '{ person(id: "0") { policing { marac markers { code basis } } again: policing { holder markers { code } } } }';
  const fields = ['Policing.markers', 'Marker.code'];
  const { asked } = await look({
    section: { grants: { 'northmere-police': { always: fields } } },
    linked: { 'northmere-police': 1 },
    fields,
    query,
  });
  expect(
    asked.map(({ holder, identifier, section, selection }) => ({ holder, identifier, section, selection })),
  ).toEqual([
    {
      holder: 'northmere-police',
      identifier: 'northmere-police number',
      section: 'policing',
      selection: new Map([['markers', new Map([['code', null]])]]),
    },
  ]);
});

test.each([
  ['view', 'NOT_IN_VIEW'],
  ['agreement', 'NO_AGREEMENT'],
  ['permission', 'NOT_SHARED'],
  ['relationship', 'NOT_SHARED'],
  ['restriction', 'NOT_SHARED'],
  ['link', 'NOT_SHARED'],
  ['a gate of tomorrow', 'NOT_SHARED'],
])('a refusal by %s is told as %s', (gate, expected) => {
  expect(publicReason(gate)).toBe(expected);
});
