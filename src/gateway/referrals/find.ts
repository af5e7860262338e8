import { randomUUID } from 'node:crypto';
import { NOT_OPEN_HOLD_MILLISECONDS, nobody } from '../checks/find.ts';
import { addPlace } from '../checks/told.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import { subjectsOf } from '../subjects-of.ts';
import { type Seen, seenAs } from './standing.ts';

/**
 * The pack of an id, where it is the caller's business; null for any other, after the same work and with as many entries
 * (SHARE-04).
 * @param command its changes are taken as made
 */
export async function findPack(errand: Errand, id: string, command?: string): Promise<Seen | null> {
  const known = UUID.test(id) ? id : randomUUID();
  const [pack] = await errand.engine.referrals.byIds([known], command);
  const subject = pack ? (await subjectsOf(errand, [pack.person]))[0] : undefined;
  const [seen] = pack && subject ? seenAs(errand, pack, subject) : [];
  if (seen) return seen;
  errand.hold(NOT_OPEN_HOLD_MILLISECONDS);
  addPlace(errand.root, subject ?? (await nobody(errand, known)), null);
  return null;
}
