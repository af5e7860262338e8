import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateKey, NoteError, openNote, parseSigner, parseVkey, signNote } from '../../src/audit/note.ts';
import { registerOf, type Use } from '../../src/audit/register.ts';
import {
  openReport,
  type ReportFrame,
  reportText,
  rowsOf,
  signReport,
  waitingFor,
} from '../../src/audit/subject-report.ts';
import type { Telling } from '../../src/record/telling.ts';
import { logged, RULES } from './uses.ts';

const WORDS = {
  paragraph: 'Some uses may be left out.',
  organisation: (partner: string) => ({ housing: 'Northmere Housing', police: 'A police force' })[partner] ?? partner,
  purpose: (code: string) => ({ HOUSING_REFERRAL: 'To find you somewhere to live' })[code] ?? code,
  kind: (name: string) => name.split('.')[0] ?? '',
};
const FRAME: ReportFrame = {
  about: { type: 'PRISON_NUMBER', value: 'A0000AA' },
  from: '2026-01-01',
  to: '2026-12-31',
  drawnUpOn: '2026-12-31',
};

const text = (uses: readonly Use[], tellings: readonly Telling[] = []) =>
  reportText(FRAME, rowsOf(uses, tellings, WORDS), WORDS);

function told(entry: string, controller: string, changed: Partial<Telling> = {}): Telling {
  return {
    id: '',
    entry,
    controller,
    decision: 'TELL',
    ground: null,
    reviewOn: null,
    decidedBy: 'officer',
    decidedAt: new Date(0),
    version: 1,
    ...changed,
  };
}

const withheld = (entry: string, controller: string, reviewOn: string) =>
  told(entry, controller, { decision: 'WITHHOLD', ground: 'CRIME', reviewOn });

test('a report says by month who, why and what kinds, and counts what it shows', () => {
  const uses = registerOf(
    [
      logged({ released: ['prison|Custody.status', 'probation|Risk.overall'] }),
      logged({ released: ['prison|Custody.status'] }),
      logged({ at: '2026-06-01T10:00:00.000Z', partner: 'probation' }),
    ],
    RULES,
  );
  expect(text(uses)).toBe(`Throughgate subject report v1

About: PRISON_NUMBER A0000AA
From 2026-01-01 to 2026-12-31, drawn up on 2026-12-31

Some uses may be left out.

2026-05
- Northmere Housing. To find you somewhere to live: custody; risk. 2 times

2026-06
- probation. To find you somewhere to live: custody. Once

Uses shown: 3
`);
});

test('what was refused is told apart from what was shown, to the same organisation in the same month', () => {
  const refused = logged({ kind: 'refusal', released: [] });
  const uses = registerOf([logged({}), refused], RULES);
  expect(text(uses, [told(refused.id, 'housing')])).toContain(`2026-05
- Northmere Housing. To find you somewhere to live: custody. Once
- Northmere Housing. To find you somewhere to live: nothing was shown. Once
`);
});

test('nothing known has the same paragraph, and no rows', () => {
  expect(text([])).toBe(`Throughgate subject report v1

About: PRISON_NUMBER A0000AA
From 2026-01-01 to 2026-12-31, drawn up on 2026-12-31

Some uses may be left out.

Uses shown: 0
`);
});

describe('what waits', () => {
  const entry = logged({ partner: 'police' });
  const uses = registerOf([entry], RULES);

  test('is told only once every decider has said so', () => {
    expect(text(uses)).toBe(text([]));
    expect(text(uses, [told(entry.id, 'prison')])).toBe(text([]));
    expect(text(uses, [told(entry.id, 'prison'), withheld(entry.id, 'police', '2027-01-01')])).toBe(text([]));
    expect(text(uses, [told(entry.id, 'prison'), told(entry.id, 'police')])).toContain('- A police force.');
  });

  test('is not told because somebody who has no say in it said so', () => {
    expect(text(uses, [told(entry.id, 'prison'), told(entry.id, 'housing')])).toBe(text([]));
  });

  test('waits for each decider until it decides, and again from the day of review', () => {
    const waits = (controller: string, tellings: Telling[], today = '2026-12-31') =>
      waitingFor(controller, uses, tellings, today).length;
    expect([waits('prison', []), waits('police', []), waits('housing', [])]).toEqual([1, 1, 0]);
    expect(waits('prison', [told(entry.id, 'prison')])).toBe(0);
    expect(waits('police', [told(entry.id, 'prison')])).toBe(1);
    expect(waits('police', [withheld(entry.id, 'police', '2027-01-01')])).toBe(0);
    expect(waits('police', [withheld(entry.id, 'police', '2026-12-31')])).toBe(1);
    // The day of review tells nobody anything: it is looked at again.
    expect(text(uses, [told(entry.id, 'prison'), withheld(entry.id, 'police', '2026-01-01')])).toBe(text([]));
  });
});

describe('two people who differ only in what is left out', () => {
  const open = fc.record({
    at: fc.constantFrom('2026-05-04T10:00:00.000Z', '2026-07-04T10:00:00.000Z'),
    partner: fc.constantFrom('housing', 'probation'),
    released: fc.subarray(['prison|Custody.status', 'prison|Custody.releaseDate', 'probation|Risk.overall'], {
      minLength: 1,
    }),
  });
  const closed = fc.oneof(
    open.map((facts) => ({ ...facts, partner: 'police' })),
    open.map((facts) => ({ ...facts, purpose: 'DA_CHECK' })),
    open.map((facts) => ({ ...facts, released: ['police|Policing.markers'] })),
    open.map((facts) => ({ ...facts, breakGlass: 'b-1' })),
    open.map((facts) => ({ ...facts, kind: 'refusal', released: [] })),
  );

  test('have reports that are alike to the byte', () => {
    fc.assert(
      fc.property(fc.array(open), fc.array(fc.tuple(closed, fc.boolean())), (shown, left) => {
        const entries = shown.map(logged);
        const more = left.map(([facts]) => logged(facts));
        const decided = more.flatMap(({ id }, index) =>
          left[index]?.[1]
            ? ['prison', 'probation', 'police', 'housing'].map((who) => withheld(id, who, '2027-01-01'))
            : [],
        );
        expect(text(registerOf([...entries, ...more], RULES), decided)).toBe(text(registerOf(entries, RULES)));
      }),
      { numRuns: 100 },
    );
  });

  test('and so has somebody of whose entry a part is left out', () => {
    const part = logged({ released: ['prison|Custody.status', 'police|Policing.markers'] });
    const whole = logged({ released: ['prison|Custody.status'] });
    expect(text(registerOf([part], RULES))).toBe(text(registerOf([whole], RULES)));
  });
});

describe('a signed report', () => {
  const { privateKey, vkey } = generateKey('log.example/main');
  const signer = parseSigner(privateKey);
  const verifier = parseVkey(vkey);
  const signed = signReport(text(registerOf([logged({})], RULES)), signer);

  test('opens with the key of the log', () => {
    expect(openReport(signed, [verifier])).toContain('Uses shown: 1');
    expect(openNote(signed, [verifier]).signedBy).toEqual([verifier]);
  });

  test('is not opened where a letter of it is another', () => {
    expect(() => openReport(signed.replace('Once', 'Twice'), [verifier])).toThrow(NoteError);
  });

  test('can be taken for no checkpoint: no key has a name with spaces', () => {
    expect(() => generateKey(signed.split('\n')[0] ?? '')).toThrow(NoteError);
  });

  test('is the only text that is signed or opened so', () => {
    const checkpoint = 'log.example/main\n3\nAAAA\n';
    expect(() => signReport(checkpoint, signer)).toThrow(NoteError);
    expect(() => openReport(signNote(checkpoint, signer), [verifier])).toThrow(NoteError);
  });
});
