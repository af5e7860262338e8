import type { Reason } from './gates.ts';

/** One gate's outcome as a plain sentence, for an officer. It names references, never a value. */
export function sentence({ gate, code, ref }: Reason): string {
  const text = code === 'NO_VIEW' ? NO_VIEW : SENTENCES[`${gate} ${code}`];
  if (text !== undefined) return text.replaceAll('%', ref ?? 'it');
  // Relationship types pass under their own names.
  return gate === 'relationship'
    ? `A relationship of the type ${code} carries the purpose (${ref}).`
    : `${gate}: ${code}`;
}

const NO_VIEW = 'It was not looked at: no view of the caller has it for the purpose.';

/** `%` stands for the reference. */
const SENTENCES: Readonly<Record<string, string>> = {
  'partner KNOWN': 'The partner % takes part.',
  'partner UNKNOWN_PARTNER': 'The partner does not take part.',
  'client REGISTERED': "The software is registered as one of the partner's.",
  'client UNKNOWN_CLIENT': "The software is not registered as one of the partner's.",
  'practitioner NAMED': 'The token names a practitioner.',
  'practitioner NOBODY_NAMED': 'The token names no practitioner.',
  'role ACTIVE': 'The one active role is %.',
  'role UNKNOWN_ROLE': 'There is no such role.',
  'role NOT_A_ROLE_OF_PARTNER': 'The role % is not one that this kind of partner has.',
  'purpose ALLOWED': 'The role may declare the purpose %.',
  'purpose UNKNOWN_PURPOSE': 'No purpose that exists was declared.',
  'purpose NOT_ALLOWED': 'The role may not declare the purpose %.',
  'view IN_VIEW': 'The role needs it for the purpose.',
  'view EMPTY_VIEW': 'The role sees no part of a record for the purpose.',
  'view NOT_IN_VIEW': 'The role does not need it for the purpose.',
  'agreement GIVEN': 'The agreement % is in force and gives it.',
  'agreement NO_AGREEMENT': 'No agreement in force that day gives it to this partner for the purpose.',
  'relationship NONE': 'The caller has no relationship with the person.',
  'relationship NONE_CARRIES_PURPOSE': 'No relationship of the caller carries the purpose that day.',
  'relationship UNKNOWN': 'The identifier names nobody, or more than one person.',
  'restriction NONE': 'No restriction stands in the way.',
  'restriction LISTED': 'A restriction by % lists the caller.',
  'restriction LISTED_DESK': 'A restriction by % lists a desk of the caller.',
  'restriction NOT_NAMED': 'An exclusion by % does not name the caller.',
  'restriction RESTRICTED': 'A restriction by % does not list the caller.',
  'restriction EXCLUDED': 'An exclusion by % names the caller.',
  'restriction UNRESOLVED_NAME':
    "An exclusion by % names somebody at the caller's partner who is not yet known by an account.",
  'restriction UNREADABLE': 'The list of a restriction by % cannot be read, so nobody may see.',
  'restriction UNKNOWN_RESTRICTION': 'A restriction by % is of a kind that is not known, so nobody may see.',
  'restriction OWN_RECORD': "It is the caller's own record.",
  'restriction DECLARED_INTEREST': 'The caller declared an interest in the person.',
  'permission NONE_ASKED': 'No agreement gives it, so none asks for a permission.',
  'permission NONE_NEEDED': 'The agreement asks for no permission.',
  'permission IN_FORCE': 'The permission % is in force.',
  'permission NO_PERMISSION': 'It waits for the permission %, and none is in force.',
  'permission NOT_SHARED': 'It is not shared for this person.',
  'permission OBJECTION_UPHELD': 'An objection was upheld.',
  'volume WITHIN_LIMIT': 'The caller is within the number of people a day that the role may ask about.',
  'volume OVER_LIMIT': 'The caller asked about more people today than the role may.',
  'break-glass NOT_NEEDED': 'Break-glass is not needed.',
  'break-glass NONE': 'There is no break-glass in force for this person alone.',
  'break-glass GRANTED': 'Break-glass % stands in for a relationship.',
  'break-glass NOT_EMERGENCY': 'The agreement does not mark it for emergencies.',
  'link CONFIRMED': 'The holder knows the person by a confirmed identifier (%).',
  'link NOT_LINKED': 'No confirmed identifier lets the holder be asked.',
};
