import { coordinateOf, holderOf, type Read } from '../../audit/reading.ts';
import type { FieldGrant, View } from '../../policy/view.ts';
import { gives } from '../../policy/view.ts';
import { covers, type Day } from '../../record/facts.ts';
import type { PolicyInForce } from '../policy.ts';

/** What the policy in force says today of a field that an entry says was shown or withheld. */
export interface Rule {
  readonly field: string;
  readonly holder: string | null;
  readonly shown: boolean;
  readonly now: 'ALWAYS' | 'DEPENDS' | 'NEVER';
  readonly agreements: readonly string[];
  readonly permissions: readonly string[];
  readonly text: string;
}

/**
 * One for each field of a holder, in the order of the entry: what was shown first. Of what the gateway itself holds no
 * agreement says anything, and there is none.
 */
export function rulesOf(policy: PolicyInForce, read: Read, day: Day): Rule[] {
  const asked = [
    ...read.released.map((each) => ({ field: coordinateOf(each), holder: holderOf(each), shown: true })),
    ...read.withheld.map(({ field, holder }) => ({ field, holder, shown: false })),
  ];
  const once = new Map(asked.map((each) => [JSON.stringify(each), each]));
  return [...once.values()].flatMap((each) => {
    const grants = grantsOf(policy, read, day, each);
    return grants === null ? [] : [{ ...each, ...judged(grants, each.field, read, policy, day) }];
  });
}

type Asked = Pick<Rule, 'field' | 'holder'>;
type Grant = Pick<FieldGrant, 'agreement' | 'requires'>;

/** Null for what is no holder's. */
function grantsOf(policy: PolicyInForce, read: Read, day: Day, { field, holder }: Asked): readonly Grant[] | null {
  const view = viewOf(policy, read, day);
  const [, type] = /^Person\.identifiers:(.+)$/.exec(field) ?? [];
  const isMine = (code: string) => holder === null || holder === code;
  if (type !== undefined) {
    const known = [...(view?.identifiers ?? [])].filter(([code]) => isMine(code));
    return known.flatMap(([, { types }]) => types.get(type) ?? []);
  }
  const dataClass = policy.bundle.messages.get(field);
  if (dataClass !== undefined) return holder === null ? null : messageGrants(policy, read, day, holder, dataClass);
  const section = policy.territory.sections.find(
    ({ coordinates, field: name }) => coordinates.includes(field) || field === `Person.${name}`,
  );
  if (!section) return holder === null ? null : [];
  const holders = [...(view?.sections.get(section.field)?.holders.values() ?? [])].filter((each) =>
    isMine(each.holder),
  );
  return holders.flatMap(({ fields }) =>
    field.startsWith('Person.') ? [...fields.values()] : (fields.get(field) ?? []),
  );
}

function viewOf(policy: PolicyInForce, { actor, purpose }: Read, day: Day): View | null {
  if (!actor?.role || !actor.partner || purpose === null) return null;
  return policy.viewOf({ partner: actor.partner, role: actor.role }, purpose, day);
}

/** What one partner may tell another: its agreement alone, since the role that is told is not in the entry. */
function messageGrants(
  { bundle }: PolicyInForce,
  { actor, recipient, purpose }: Read,
  day: Day,
  holder: string,
  dataClass: string,
): readonly Grant[] {
  const told = recipient?.partner ?? actor?.partner ?? '';
  return bundle.agreements
    .filter((agreement) => covers(agreement, day) && purpose !== null && agreement.purposes.includes(purpose))
    .filter((agreement) => agreement.classes.includes(dataClass) && gives(agreement, holder, told))
    .map(({ reference, requires }) => ({ agreement: reference, requires: requires.get(dataClass) ?? [] }));
}

function judged(
  grants: readonly Grant[],
  field: string,
  read: Read,
  policy: PolicyInForce,
  day: Day,
): Pick<Rule, 'now' | 'agreements' | 'permissions' | 'text'> {
  const free = grants.filter(({ requires }) => requires.length === 0);
  const agreements = unique((free.length > 0 ? free : grants).map(({ agreement }) => agreement));
  const permissions = free.length > 0 ? [] : unique(grants.flatMap(({ requires }) => requires));
  const by = `${agreements.join(' and ')} ${agreements.length === 1 ? 'gives' : 'give'} it`;
  if (free.length > 0) {
    const text = `Today it would be shown of whoever the caller has a relationship with: ${by}.`;
    return { now: 'ALWAYS', agreements, permissions, text };
  }
  if (grants.length > 0) {
    const text = `Today it would be shown only while the permission ${permissions.join(' or ')} is in force: ${by}.`;
    return { now: 'DEPENDS', agreements, permissions, text };
  }
  return {
    now: 'NEVER',
    agreements,
    permissions,
    text: `Today it would not be shown: ${whyNot(field, read, policy, day)}`,
  };
}

function whyNot(field: string, read: Read, policy: PolicyInForce, day: Day): string {
  const view = viewOf(policy, read, day);
  if (policy.bundle.messages.has(field))
    return 'no agreement in force lets it be told to that partner for the purpose.';
  if (view === null) return 'the role may not declare the purpose any more.';
  const isNeeded = [...view.sections.values()].some(({ needed }) => needed.has(field));
  const isKnown = policy.bundle.classOf.has(field) || field.startsWith('Person.');
  if (!isKnown) return 'the record has no such field any more.';
  return isNeeded
    ? 'no agreement in force gives it to that partner for the purpose.'
    : 'the role does not need it for the purpose.';
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
