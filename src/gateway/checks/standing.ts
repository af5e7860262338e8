import type { Party } from '../../checks/act.ts';
import type { CheckTypePolicy } from '../../policy/practice.ts';
import { restrictionReasons } from '../../policy/restriction.ts';
import type { Check, CheckType } from '../../record/checks.ts';
import type { SubjectFacts } from '../../record/facts.ts';
import type { Errand } from '../errand.ts';
import { type NamedSubject, subjectsOf } from '../subjects-of.ts';

/** Who the caller is to a check; null for those who may only know that there is one, and whether it is open. */
export type Standing = Exclude<Party, { readonly as: 'SYSTEM' }> | null;

/** A check as the caller has it, and the person as they may see them. */
export interface Seen {
  readonly check: Check;
  readonly subject: NamedSubject;
  readonly party: Standing;
}

/** Of these checks, in their order, those that are the caller's business at all. */
export async function seenBy(errand: Errand, checks: readonly Check[]): Promise<Seen[]> {
  const people = [...new Set(checks.map(({ person }) => person))];
  const found = await subjectsOf(errand, people);
  const subjects = new Map(people.map((person, index) => [person, found[index]]));
  return checks.flatMap((check) => {
    const subject = subjects.get(check.person);
    return subject ? seenAs(errand, check, subject) : [];
  });
}

/** One check as the caller has it; none where it is not their business. */
export function seenAs(errand: Errand, check: Check, subject: NamedSubject): Seen[] {
  const party = asker(errand, check, subject) ?? responder(errand, check, subject);
  return party || subject.decision.permitted ? [{ check, subject, party }] : [];
}

/**
 * Under what the caller asks and decides: the types of check for which their role may be told an answer, for the purpose
 * that they declared. A purpose that is of one type of check is for no other.
 */
export function typesAsked(errand: Errand): readonly CheckType[] {
  const { purpose } = errand.request.view;
  if (!purposesOfAsking(errand).includes(purpose.code)) return [];
  const all = [...errand.engine.policy.bundle.checks.types];
  const own = all.filter(([, type]) => type.purpose === purpose.code);
  return (own.length > 0 ? own : all).map(([type]) => type);
}

/** For which the caller's role asks checks: none for a role that asks none. */
export function purposesOfAsking({ engine, request }: Errand): string[] {
  const { checks, messages } = engine.policy.bundle;
  const { role } = request.view;
  const answers = messages.get('CheckAnswer.outcome') ?? '';
  if (![...checks.askers, ...checks.managers].includes(role.name)) return [];
  return [...role.purposes].flatMap(([code, { receives }]) => (receives.includes(answers) ? [code] : []));
}

/** The type of check that the caller answers for the purpose that they declared; null where they answer none. */
export function typeAnswered({ engine, request }: Errand): (CheckTypePolicy & { readonly type: CheckType }) | null {
  const { role, purpose } = request.view;
  const { types, responders } = engine.policy.bundle.checks;
  const [found] = [...types].filter(([, type]) => type.role === role.name && type.purpose === purpose.code);
  return found && responders.has(request.principal.partner) ? { ...found[1], type: found[0] } : null;
}

/** Who asks needs the person's record open to them. */
function asker(errand: Errand, { partner, type }: Check, { decision }: NamedSubject): Standing {
  const { principal, view } = errand.request;
  if (partner !== principal.partner || !decision.permitted || !typesAsked(errand).includes(type)) return null;
  const isManager = errand.engine.policy.bundle.checks.managers.includes(view.role.name);
  return { as: isManager ? 'MANAGER' : 'ASKER', by: principal.practitioner };
}

/**
 * Who answers is in the team that is asked, or has the relationship that the request makes. It needs none any more once
 * that is over; what restricts the person binds it all the same (SHARE-06).
 */
function responder(errand: Errand, { type, requests }: Check, { facts, decision }: NamedSubject): Standing {
  const { partner, practitioner: by } = errand.request.principal;
  if (!facts || typeAnswered(errand)?.type !== type) return null;
  if (isRestricted(errand, facts)) return null;
  const own = requests.filter(
    (request) =>
      request.responder === partner &&
      request.state !== 'NOT_ASKED' &&
      (decision.permitted || facts.callerTeams.includes(`${partner}/${request.team}`)),
  );
  return own.length > 0 ? { as: 'RESPONDER', by, requests: new Set(own.map(({ id }) => id)) } : null;
}

/** Whether a restriction, or a tie of the caller's own, closes the person to the caller. */
export function isRestricted({ request }: Errand, facts: SubjectFacts): boolean {
  const { partner, practitioner } = request.principal;
  const reader = { partner, account: `${partner}/${practitioner}`, teams: facts.callerTeams };
  return restrictionReasons(facts, reader, request.view.day).some(({ outcome }) => outcome === 'refuse');
}
