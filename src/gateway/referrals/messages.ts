import type { Bundle } from '../../policy/bundle.ts';
import type { SubjectFacts } from '../../record/facts.ts';
import type { ReferralPack } from '../../record/referrals.ts';
import { type Keys, sentMessage, turnKeys } from '../checks/keys.ts';
import { askerAt } from '../checks/outward.ts';
import type { Errand } from '../errand.ts';
import type { SentMessage } from '../scope.ts';

type Judged = Pick<SubjectFacts, 'restrictions' | 'permissions' | 'objections'>;

/** What a pack tells a provider: all of it by both keys, or nothing (SHARE-11). */
export function arrivalMessage(
  errand: Errand,
  pack: Pick<ReferralPack, 'id' | 'person' | 'partner' | 'provider' | 'team'>,
  facts: Judged,
): SentMessage {
  const keys = arrivalKeys(errand, pack, facts, `${pack.provider}/${pack.team}`);
  const reference = keys.permitted ? pack.id : null;
  return sentMessage(keys, { person: pack.person, to: { partner: pack.provider, reference }, thirdParties: [] });
}

/** @param desk where it is sent to; left out for what is read by somebody about whom it is decided by name */
export function arrivalKeys(
  { engine, request }: Errand,
  { partner, provider }: Pick<ReferralPack, 'partner' | 'provider'>,
  facts: Judged,
  desk: string | null = null,
): Keys {
  const { bundle } = engine.policy;
  const { purpose, roles } = bundle.referrals;
  const role = roles.get(bundle.partners.get(provider)?.type ?? '') ?? '';
  const message = { from: partner, to: provider, role, desk, purpose, day: request.view.day, fields: ARRIVAL };
  return turnKeys(bundle, message, desk === null ? { ...facts, restrictions: [] } : facts);
}

const ARRIVAL = ['ReferralPack.arrivesAt', 'ReferralPack.broughtBy', 'ReferralPack.contacts'];

/** What an answer tells whoever asked; null where it says no more than yes. */
export function answerMessage(errand: Errand, pack: ReferralPack, facts: Judged): SentMessage | null {
  const { bundle } = errand.engine.policy;
  const role = askerAt(bundle, pack.partner);
  const keys = answerKeys(errand, pack, facts, { role, purpose: purposeOfAnswers(bundle, role) });
  if (keys === null) return null;
  const reference = keys.permitted ? pack.id : null;
  return sentMessage(keys, { person: pack.person, to: { partner: pack.partner, reference }, thirdParties: [] });
}

/** Whether the person is restricted is judged for whoever reads it, by name. */
export function answerKeys(
  { engine, request }: Errand,
  { partner, provider, reason, textId }: ReferralPack,
  facts: Judged,
  reader: { readonly role: string; readonly purpose: string },
): Keys | null {
  const fields = [
    ...(reason === null ? [] : ['ReferralPack.reason']),
    ...(textId === null ? [] : ['ReferralPack.text']),
  ];
  if (fields.length === 0) return null;
  const message = { from: provider, to: partner, ...reader, desk: null, day: request.view.day, fields };
  return turnKeys(engine.policy.bundle, message, { ...facts, restrictions: [] });
}

/** The purpose for which the role is told why somebody is not taken. */
function purposeOfAnswers({ roles, messages }: Bundle, name: string): string {
  const dataClass = messages.get('ReferralPack.reason') ?? '';
  const found = [...(roles.get(name)?.purposes ?? [])].find(([, { receives }]) => receives.includes(dataClass));
  return found?.[0] ?? '';
}
