import { beforeAll, describe, expect, it, test } from 'vitest';
import { explain } from '../../src/flags/explain.ts';
import type { Access, Held } from '../../src/flags/types.ts';
import type { FlagsPolicy } from '../../src/policy/practice.ts';
import { DAY, flagsPolicy, held, look, refused } from './samples.ts';

let policy: FlagsPolicy;
beforeAll(async () => {
  policy = await flagsPolicy();
});

const WHOLE = [{ from: '2026-01-01', until: null }];

test.each<[string, Held, string]>([
  ['an allocation of one’s own', held(), 'ALLOCATION'],
  [
    'a team’s, of whoever is on duty, though a colleague has it',
    held({ standing: 'DUTY', heldAlone: WHOLE }),
    'TEAM_ON_DUTY',
  ],
  ['a team’s, of a member, while nobody has it', held({ standing: 'TEAM' }), 'TEAM_ON_DUTY'],
  [
    'a unit’s oversight, of its manager',
    held({ type: 'TEAM_OVERSIGHT', standing: 'TEAM', heldAlone: WHOLE }),
    'ALLOCATION',
  ],
  ['cover', held({ standing: 'COVER' }), 'COVER'],
  ['a referral', held({ type: 'HOUSING_REFERRAL' }), 'REFERRAL'],
  ['an open check', held({ type: 'OPEN_CHECK' }), 'OPEN_CHECK'],
  ['an appointment, which opens nothing', held({ type: 'APPOINTMENT' }), 'APPOINTMENT'],
  ['the last day', held({ until: DAY }), 'ALLOCATION'],
  ['days of grace', held({ type: 'CUSTODY_ALLOCATION', until: '2026-11-03' }), 'ALLOCATION'],
])('%s explains', (_, reason, kind) => {
  const found = explain(refused('10:00'), [reason], policy);
  expect(found).toMatchObject({ explained: true, kind });
  expect(found.text).toContain(reason.evidence);
});

test.each<[string, Held[]]>([
  ['nothing', []],
  ['a colleague’s allocation, in one’s own team', [held({ standing: 'TEAM', heldAlone: WHOLE })]],
  ['an allocation that has ended', [held({ until: '2026-11-09' })]],
  ['one whose grace has ended', [held({ type: 'CUSTODY_ALLOCATION', until: '2026-11-02' })]],
  ['one that has not begun', [held({ from: '2026-11-11' })]],
  ['one’s own word', [held({ assertedBy: 'PRO-0004' }), held({ assertedBy: 'probation-service/PRO-0004' })]],
  ['somebody else’s', [held({ practitioner: 'PRO-0005' }), held({ partner: 'northmere-police' })]],
  ['a type that explains nothing', [held({ type: 'NEIGHBOURHOOD' })]],
])('%s does not explain', (_, reasons) => {
  expect(explain(refused('10:00'), reasons, policy)).toMatchObject({ explained: false, kind: 'NONE' });
});

describe('what is said', () => {
  const text = (access: Access, reasons: Held[]) => explain(access, reasons, policy).text;

  it('names what was held, how, since when and by what evidence', () => {
    expect(text(look('10:00'), [held()])).toBe(
      'They had an allocation for supervision (ALLOC-000012), from 3 March 2026.',
    );
    expect(text(look('10:00'), [held({ type: 'CUSTODY_ALLOCATION', until: '2026-11-08' })])).toBe(
      'They had an allocation in custody (ALLOC-000012), from 3 March 2026; it ended on 8 November 2026 and still counts.',
    );
  });

  it('names what had ended last', () => {
    const reasons = [held({ until: '2026-05-01' }), held({ until: '2026-09-30', evidence: 'ALLOC-2' })];
    expect(text(refused('10:00'), reasons)).toBe(
      'No allocation, duty, cover, referral, check or appointment was open that day; an allocation for supervision (ALLOC-2) had ended on 30 September 2026.',
    );
  });
});

describe('the log’s own word', () => {
  const relationship = { type: 'SUPERVISION_ALLOCATION', evidence: 'ALLOC-9', assertedBy: 'feed' };

  it('counts where a feed ended the relationship since, and back to before', () => {
    const found = explain(
      look('10:00', { relationship }),
      [held({ until: '2026-11-01', evidence: 'ALLOC-9' })],
      policy,
    );
    expect(found).toMatchObject({ explained: true, kind: 'ALLOCATION' });
    expect(found.text).toContain('ALLOC-9');
  });

  it('does not make a colleague’s person one’s own', () => {
    const reason = held({ standing: 'TEAM', evidence: 'ALLOC-9', heldAlone: WHOLE });
    expect(explain(look('10:00', { relationship }), [reason], policy).explained).toBe(false);
  });

  it('leaves break-glass unexplained, and says that it is reviewed by itself', () => {
    const found = explain(look('10:00', { breakGlass: 'glass' }), [], policy);
    expect(found).toMatchObject({ explained: false, kind: 'BREAK_GLASS' });
    expect(explain(look('10:00', { breakGlass: 'glass' }), [held()], policy).kind).toBe('ALLOCATION');
  });
});

it('does not depend on the order of what is held', () => {
  const reasons = [held({ standing: 'TEAM' }), held({ standing: 'COVER' }), held(), held({ evidence: 'ALLOC-1' })];
  expect(explain(look('10:00'), reasons.toReversed(), policy)).toEqual(explain(look('10:00'), reasons, policy));
});
