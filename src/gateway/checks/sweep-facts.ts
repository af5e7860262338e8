import type { Check } from '../../record/checks.ts';
import type { SubjectFacts } from '../../record/facts.ts';
import { type Round, SYSTEM } from './sweep-round.ts';

/** What is known of the person of a check, for keys that no practitioner turns; null where they are known no more. */
export async function factsOf({ engine, day }: Round, { partner, person }: Check): Promise<SubjectFacts | null> {
  const ids = await engine.subjects.opaqueIds(partner, [person]);
  const principal = {
    partner,
    practitioner: SYSTEM,
    role: '',
    name: SYSTEM,
    client: '',
    issuer: '',
    subject: '',
    tokenId: '',
  };
  const [facts] = await engine.subjects.read(principal, [{ by: 'id', value: ids.get(person) ?? '' }], day);
  return facts ?? null;
}
