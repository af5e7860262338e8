import { expect, test } from 'vitest';
import type { Access } from '../../src/console/pages/person/documents.ts';
import { kindsOf, USUAL_KINDS } from '../../src/console/pages/person/kinds.ts';
import { createRow, summaryOf, unexplainedFirst } from '../../src/console/pages/person/rows.ts';
import { formOf, readSearch } from '../../src/console/pages/person/search.ts';
import { viewOf } from '../../src/console/pages/practitioner/view.ts';
import { buildBundle } from '../../src/policy/load/load.ts';
import { record, texts } from '../policy/load/real.ts';

const policy = buildBundle(texts, record);
const NONE = { explained: false, kind: 'NONE', text: 'No allocation was open that day.' };
const HELD = { explained: true, kind: 'ALLOCATION', text: 'They had an allocation.' };
const GLASS = { explained: false, kind: 'BREAK_GLASS', text: 'It was by break-glass.' };

function access(more: Partial<Access>): Access {
  return {
    id: 'a',
    at: '2026-11-03T14:07:00.000Z',
    kind: 'disclosure',
    outcome: 'shown',
    partner: 'probation-service',
    practitioner: 'PRO-0001',
    role: 'probation-practitioner',
    purpose: 'DA_CHECK',
    subject: 'S'.repeat(43),
    recipient: null,
    breakGlass: null,
    agreements: [],
    classes: [],
    withheld: [],
    explanation: HELD,
    ...more,
  };
}

const REFUSED = { kind: 'refusal', outcome: 'nothing-to-show' } as const;

test('every class is in one kind of information, but for checks, which are of two', () => {
  const kinds = kindsOf(policy);
  expect(kinds.map(({ code }) => code)).not.toContain('other');
  for (const name of policy.classes.keys()) {
    const codes = kinds.filter(({ classes }) => classes.includes(name)).map(({ code }) => code);
    expect([name, codes]).toEqual([name, /check/.test(name) ? USUAL_KINDS : [expect.any(String)]]);
  }
  const [abuse, children] = kinds;
  expect([abuse?.code, children?.code]).toEqual(USUAL_KINDS);
  expect(abuse?.classes).toContain('policing.domestic-abuse');
  expect(children?.classes).toContain('childrens.names');
});

test('a class that policy has and no kind knows is still asked for, as anything else', () => {
  const some = policy.classes.get('custody.release');
  const more = {
    ...policy,
    classes: new Map([...policy.classes, ['weather.today', { ...some, name: 'weather.today' }]]),
  };
  expect(kindsOf(more as typeof policy).at(-1)).toMatchObject({ code: 'other', classes: ['weather.today'] });
});

test('what was seen and tried is told by kind, of what was asked for, with the agreements that gave that', () => {
  const row = createRow(policy, new Set(['policing.domestic-abuse', 'childrens.names', 'childrens.plan']));
  const agreements = policy.agreements.filter(({ classes }) => classes.includes('policing.domestic-abuse'));
  const others = policy.agreements.filter(({ classes }) => !classes.includes('policing.domestic-abuse'));
  const names = [...policy.classOf].flatMap(([field, name]) => (name === 'childrens.names' ? [{ field }] : []));
  const told = row(
    access({
      classes: ['policing.domestic-abuse', 'custody.release'],
      withheld: names,
      agreements: [agreements[0]?.reference ?? '', others[0]?.reference ?? '', 'OLD-01'],
    }),
  );
  expect(told).toMatchObject({
    what: 'Saw it',
    saw: ["The force's summary of domestic abuse"],
    besides: 1,
    tried: ['Names, years of birth and relationships of linked children'],
    standing: 'EXPLAINED',
    reason: HELD.text,
  });
  expect(told.agreements).toEqual([expect.stringContaining(`(${agreements[0]?.reference})`), 'OLD-01']);
  expect(row(access({ classes: ['childrens.plan'] }), false).what).toBe('Was sent it, and had gone before it arrived');
});

test('each way in which somebody looked has its words, and whether there was a reason its sentence', () => {
  const row = createRow(policy, null);
  const told = (more: Partial<Access>) => {
    const { what, standing, reason } = row(access(more));
    return [what, standing, reason];
  };
  expect(told({ explanation: NONE })).toEqual(['Saw it', 'NONE', NONE.text]);
  expect(told({ explanation: GLASS })).toEqual(['Saw it', 'BREAK_GLASS', GLASS.text]);
  expect(told({ ...REFUSED, explanation: NONE })).toEqual(['Tried, and was shown nothing', 'NONE', NONE.text]);
  expect(told({ ...REFUSED, explanation: null })).toEqual([
    'Tried, and was shown nothing',
    'NOT_TOLD',
    expect.stringMatching(/^You are not told/),
  ]);
  expect(told({ kind: 'refusal', outcome: 'RATE_LIMITED', subject: null, explanation: null })[0]).toBe(
    'Refused: too many people on one day',
  );
  expect(told({ kind: 'break-glass', outcome: 'granted', explanation: GLASS })[0]).toBe('Break-glass: granted');
  expect(told({ kind: 'explanation', outcome: 'explained' })[0]).toBe('Asked what would be shown');
  expect(told({ recipient: 'northmere-police', explanation: null })).toEqual([
    'Told to Northmere Police',
    'NO_LOOK',
    expect.stringMatching(/^None is needed/),
  ]);
});

test('unexplained accesses are first, then the newest', () => {
  const row = createRow(policy, null);
  const at = (day: number) => `2026-11-0${day}T10:00:00.000Z`;
  const rows = [
    row(access({ id: 'held-new', at: at(9) })),
    row(access({ id: 'not-told', at: at(8), ...REFUSED, explanation: null, practitioner: 'PRO-0002' })),
    row(access({ id: 'none-old', at: at(1), explanation: NONE })),
    row(access({ id: 'held-old', at: at(2) })),
    row(access({ id: 'none-new', at: at(3), explanation: NONE, partner: 'northmere-police' })),
    row(access({ id: 'glass', at: at(7), explanation: GLASS })),
  ];
  expect(unexplainedFirst(rows).map(({ id }) => id)).toEqual([
    'none-new',
    'none-old',
    'glass',
    'not-told',
    'held-new',
    'held-old',
  ]);
  expect(summaryOf(rows)).toBe(
    '6 accesses by 3 practitioners of 2 partners; 1 was shown nothing. 2 had no open reason that day, 1 was by break-glass, of 1 you are not told the reason. Each of the others had one.',
  );
  expect(summaryOf([row(access({})), row(access({ recipient: 'northmere-police', explanation: null }))])).toBe(
    '1 access by 1 practitioner of 1 partner. Each had an open reason that day. Besides, the gateway told of it 1 time.',
  );
});

test('a search is read as it was typed, and once more from what was kept of it', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const choices = [{ value: 'CRN', text: 'CRN', example: 'X000000' }];
  const first = readSearch({ policy, now }, new URLSearchParams(), choices);
  expect(first).toMatchObject({
    search: { type: 'CRN', value: '', from: '24/10/2026', to: '22/11/2026', kinds: USUAL_KINDS },
    problems: [],
  });
  const typed = new URLSearchParams({
    type: 'NINO',
    value: ' X1 ',
    from: '1/11/2026',
    to: '2/11/2026',
    kinds: 'health',
  });
  const read = readSearch({ policy, now }, typed, choices);
  expect(read.search).toEqual({ type: 'CRN', value: 'X1', from: '1/11/2026', to: '2/11/2026', kinds: ['health'] });
  expect(readSearch({ policy, now }, formOf(read.search), choices)).toEqual(read);
  const wrong = readSearch({ policy, now }, new URLSearchParams({ from: 'x', kinds: 'nothing' }), choices);
  expect(wrong.problems.map(({ href }) => href)).toEqual(['#value', '#from', '#kinds']);
});

test('of a practitioner, what nothing explains is listed, what was refused too, and the rest by person', () => {
  const view = viewOf(
    [
      access({ id: '1', explanation: NONE, subject: 'A'.repeat(43) }),
      access({ id: '2', subject: 'B'.repeat(43), classes: ['custody.release', 'health.practice'] }),
      access({ id: '3', subject: 'B'.repeat(43), classes: ['custody.location'] }),
      access({ id: '4', ...REFUSED, subject: 'C'.repeat(43), explanation: NONE }),
      access({ id: '5', kind: 'refusal', outcome: 'RATE_LIMITED', subject: null, explanation: null }),
      access({ id: '6', explanation: GLASS, subject: 'D'.repeat(43) }),
      // What a message told somebody else, the entry of a request and a look into the log are no accesses of theirs.
      access({ id: '7', recipient: 'northmere-police', explanation: null }),
      access({ id: '8', kind: 'request', outcome: 'answered', subject: null, explanation: null }),
      access({ id: '9', kind: 'search', outcome: 'answered', explanation: null }),
    ],
    policy,
  );
  expect(view.summary).toBe(
    '6 accesses of 4 people. 1 had no open reason that day, 1 was by break-glass, 2 were refused.',
  );
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  expect([ids(view.unexplained), ids(view.breakGlass), ids(view.refused)]).toEqual([['1'], ['6'], ['4', '5']]);
  expect(view.explained).toMatchObject([
    { person: 'BBBBBBBB', saw: ['Custody and release', 'Health care'], reasons: [HELD.text] },
  ]);
  expect(view.explainedCount).toBe(2);
  expect(viewOf([], policy).summary).toBe('No access was found that you may read.');
});
