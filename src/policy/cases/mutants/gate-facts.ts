import type { Span, SubjectFacts } from '../../../record/facts.ts';
import type { Bundle } from '../../bundle.ts';
import type { Gate } from '../../gates.ts';
import type { Territory } from '../../view.ts';

/** What a changed gate may look at: who asks, and when. */
export interface Asking {
  readonly bundle: Bundle;
  readonly territory: Territory;
  readonly partner: string;
  readonly partnerType: string;
  readonly day: string;
}

export type FactsChange = (facts: SubjectFacts, asking: Asking) => SubjectFacts;

export const FORGETS_ACCOUNTS = 'forgets listed accounts';

/** How the gates that messages have too go wrong, said as what they then make of the facts. */
export const FACTS: Partial<Record<Gate, Readonly<Record<string, FactsChange>>>> = {
  restriction: {
    passes: (facts) => ({ ...facts, restrictions: [], interests: [] }),
    refuses: (facts, { partner }) => ({
      ...facts,
      restrictions: [
        {
          type: 'RESTRICTION',
          owner: partner,
          accounts: null,
          desks: [],
          unresolved: [],
          from: '0001-01-01',
          until: null,
        },
      ],
    }),
    'passes restrictions': (facts) => keep(facts, ({ type }) => type !== 'RESTRICTION'),
    'passes exclusions': (facts) => keep(facts, ({ type }) => type !== 'EXCLUSION'),
    'passes unknown kinds': (facts) => keep(facts, ({ type }) => ['RESTRICTION', 'EXCLUSION'].includes(type)),
    'passes unreadable lists': (facts) => keep(facts, ({ accounts }) => accounts !== null),
    [FORGETS_ACCOUNTS]: (facts) => each(facts, { accounts: [] }),
    'forgets listed desks': (facts) => each(facts, { desks: [] }),
    'forgets unresolved names': (facts) => each(facts, { unresolved: [] }),
    'forgets when it begins': (facts) => ({ ...facts, restrictions: begun(facts.restrictions) }),
    'forgets when it ends': (facts) => ({ ...facts, restrictions: unended(facts.restrictions) }),
  },
  permission: {
    passes: (facts, { bundle, territory, partnerType }) => ({
      ...facts,
      permissions: [...bundle.permissions.keys()].flatMap((type) =>
        [...territory.holders.map(({ code }) => code), ...bundle.partners.keys()].map((holder) => ({
          type,
          holder,
          recipientType: partnerType,
          from: '0001-01-01',
          until: null,
        })),
      ),
    }),
    refuses: (facts) => ({ ...facts, permissions: [] }),
    'forgets when it begins': (facts) => ({ ...facts, permissions: begun(facts.permissions) }),
    'forgets when it ends': (facts) => ({ ...facts, permissions: unended(facts.permissions) }),
    'forgets its holder': (facts, { bundle }) => ({
      ...facts,
      permissions: facts.permissions.flatMap((permission) =>
        permission.holder === null
          ? permission
          : [...bundle.partners.keys()].map((holder) => ({ ...permission, holder })),
      ),
    }),
    'forgets its recipient': (facts, { partnerType }) => ({
      ...facts,
      permissions: facts.permissions.map((permission) => ({
        ...permission,
        recipientType: permission.recipientType && partnerType,
      })),
    }),
  },
};

function keep(facts: SubjectFacts, wanted: (each: SubjectFacts['restrictions'][number]) => boolean): SubjectFacts {
  return { ...facts, restrictions: facts.restrictions.filter(wanted) };
}

/** Lists that cannot be read stay so. */
function each(facts: SubjectFacts, changed: Partial<SubjectFacts['restrictions'][number]>): SubjectFacts {
  return {
    ...facts,
    restrictions: facts.restrictions.map((one) => (one.accounts === null ? one : { ...one, ...changed })),
  };
}

export const begun = <T extends Span>(list: readonly T[]): T[] => list.map((each) => ({ ...each, from: '0001-01-01' }));
export const unended = <T extends Span>(list: readonly T[]): T[] => list.map((each) => ({ ...each, until: null }));
