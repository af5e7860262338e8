import { beforeAll, describe, expect, it } from 'vitest';
import { casesOf } from '../../src/flags/cases.ts';
import type { Flag } from '../../src/flags/types.ts';
import type { FlagsPolicy } from '../../src/policy/practice.ts';
import { flagsPolicy } from './samples.ts';

let policy: FlagsPolicy;
beforeAll(async () => {
  policy = await flagsPolicy();
});

let count = 0;

function flag(day: string, weight: number, more: Partial<Flag> & { practitioner?: string } = {}): Flag {
  const { practitioner = 'PRO-0004', ...rest } = more;
  count += 1;
  return {
    id: `flag-${String(count).padStart(4, '0')}`,
    rule: `RULE_${count}`,
    about: { kind: 'PRACTITIONER', partner: 'probation-service', practitioner },
    subject: null,
    day,
    accesses: [],
    weight,
    sentence: '',
    evidence: [],
    ...rest,
  };
}

const cases = (...flags: Flag[]) => casesOf(flags, policy);

describe('a case about a practitioner', () => {
  it('opens when weights come to the threshold, or with one flag of that weight', () => {
    expect(cases(flag('2026-11-02', 3), flag('2026-11-09', 2))).toEqual([]);
    expect(cases(flag('2026-11-02', 3), flag('2026-11-09', 3))).toMatchObject([
      { about: { practitioner: 'PRO-0004' }, from: '2026-11-02', to: '2026-11-09', weight: 6 },
    ]);
    expect(cases(flag('2026-11-02', 6))).toHaveLength(1);
    expect(cases(flag('2026-11-02', 3), flag('2026-11-09', 3, { practitioner: 'PRO-0005' }))).toEqual([]);
  });

  it('is of the days that follow its first flag; later ones begin another', () => {
    const [first, last, next] = [flag('2026-11-01', 4), flag('2026-11-28', 2), flag('2026-11-29', 6)];
    expect(cases(first, last, next).map(({ flags }) => flags.length)).toEqual([2, 1]);
    expect(cases(first, flag('2026-11-29', 2))).toEqual([]);
  });

  it('counts the same rule a few times only', () => {
    const late = Array.from({ length: 9 }, (_, n) => flag(`2026-11-0${n + 1}`, 1, { rule: 'OUT_OF_HOURS' }));
    expect(cases(...late)).toEqual([]);
    expect(cases(...late, flag('2026-11-05', 3))[0]).toMatchObject({ weight: 6 });
  });

  it('keeps its id as it grows', () => {
    const [one, two] = [flag('2026-11-02', 6), flag('2026-11-09', 3)];
    expect(cases(one)[0]?.id).toBe(cases(two, one)[0]?.id);
    expect(cases(two, one)[0]?.flags.map(({ id }) => id)).toEqual([one.id, two.id]);
  });
});

describe('a case about a person', () => {
  const about = (practitioner: string) => flag('2026-11-02', 3, { subject: 'somebody', practitioner });

  it('needs several practitioners, however little each did', () => {
    expect(cases(about('PRO-0004'), about('PRO-0005'))).toMatchObject([
      { about: { kind: 'SUBJECT', subject: 'somebody' }, weight: 6 },
    ]);
    expect(cases(about('PRO-0004'), about('PRO-0004')).map(({ about: { kind } }) => kind)).toEqual(['PRACTITIONER']);
  });
});

it('a case about a feed is of its partner and relationship', () => {
  const feed = { kind: 'FEED', partner: 'benefits-department', relationship: 'BENEFIT_CLAIM' } as const;
  expect(cases(flag('2026-11-02', 6, { about: feed }))).toMatchObject([{ about: feed }]);
});
