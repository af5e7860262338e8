import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { londonDay } from '../../record/london.ts';
import type { ReferralPack, ReferralState } from '../../record/referrals.ts';
import { isRestricted } from '../checks/standing.ts';
import type { Errand } from '../errand.ts';
import { type NamedSubject, subjectsOf } from '../subjects-of.ts';
import { arrivalKeys } from './messages.ts';

/** A pack with who the caller is to it, and the person as they may see them. */
export interface Seen {
  readonly pack: ReferralPack;
  readonly subject: NamedSubject;
  readonly as: 'SENDER' | 'PROVIDER';
}

/** Of these packs, in their order, those that are the caller's business. */
export async function seenBy(errand: Errand, packs: readonly ReferralPack[]): Promise<Seen[]> {
  const people = [...new Set(packs.map(({ person }) => person))];
  const found = await subjectsOf(errand, people);
  const subjects = new Map(people.map((person, index) => [person, found[index]]));
  return packs.flatMap((pack) => {
    const subject = subjects.get(pack.person);
    return subject ? seenAs(errand, pack, subject) : [];
  });
}

/** One pack as the caller has it; none where it is not their business. */
export function seenAs(errand: Errand, pack: ReferralPack, subject: NamedSubject): Seen[] {
  const { partner } = errand.request.principal;
  if (pack.partner === partner && isSender(errand)) {
    return subject.decision.permitted ? [{ pack, subject, as: 'SENDER' }] : [];
  }
  return pack.provider === partner && isAsked(errand, pack, subject) ? [{ pack, subject, as: 'PROVIDER' }] : [];
}

/** Whether the caller's role asks for places, and may be told the answer for the purpose that they declared. */
export function isSender({ engine, request }: Errand): boolean {
  const { checks, messages } = engine.policy.bundle;
  const { role, purpose } = request.view;
  const answers = messages.get('ReferralPack.reason') ?? '';
  const isTold = role.purposes.get(purpose.code)?.receives.includes(answers) ?? false;
  return isTold && [...checks.askers, ...checks.managers].includes(role.name);
}

/** Whether the caller's role reads packs at a partner that is asked, for the purpose that they declared. */
export function isProvider({ engine, request }: Errand): boolean {
  const { partners, referrals } = engine.policy.bundle;
  const { role, purpose } = request.view;
  const type = partners.get(request.principal.partner)?.type ?? '';
  return referrals.roles.get(type) === role.name && referrals.purpose === purpose.code;
}

/**
 * Who answers is in the team that is asked, or has the person's record open. It needs no relationship any more once that
 * is over; what restricts the person binds it all the same (SHARE-06), and so do both keys as they are today (SHARE-07).
 */
function isAsked(errand: Errand, pack: ReferralPack, { facts, decision }: NamedSubject): boolean {
  if (!facts || !isProvider(errand) || isRestricted(errand, facts)) return false;
  if (!decision.permitted && !facts.callerTeams.includes(`${pack.provider}/${pack.team}`)) return false;
  return arrivalKeys(errand, pack, facts).permitted;
}

/** As it is today: nobody answers any more once its day has passed, though nothing has ended it yet. */
export function stateOf(pack: ReferralPack, { engine, request }: Errand): ReferralState {
  const last = addDays(londonDay(pack.arrivesAt), engine.policy.bundle.referrals.openDays);
  return pack.state === 'SENT' && last < request.view.day ? 'ENDED' : pack.state;
}

/** Whoever was to arrive before this day is not waited for any more. */
export function waitedForFrom(day: Day, openDays: number): Day {
  return addDays(day, -openDays);
}
