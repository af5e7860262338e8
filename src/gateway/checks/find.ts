import { randomUUID } from 'node:crypto';
import { decide } from '../../policy/decide.ts';
import type { SubjectReference } from '../../record/subjects.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import { countAsked, opaqueReference } from '../roots.ts';
import { type NamedSubject, subjectsOf } from '../subjects-of.ts';
import { type Seen, seenAs } from './standing.ts';
import { addPlace } from './told.ts';

/** What does not exist, or is not the caller's, leaves no earlier than this (SHARE-04): reading what is takes longer. */
export const NOT_OPEN_HOLD_MILLISECONDS = 50;

/**
 * The check of an id, or of a request's, where it is the caller's business; null for any other, after the same work and
 * with as many entries.
 * @param command its changes are taken as made
 */
export async function findCheck(
  errand: Errand,
  of: { readonly check: string; readonly command?: string } | { readonly request: string },
): Promise<Seen | null> {
  const { checks } = errand.engine;
  const id = 'check' in of ? of.check : of.request;
  const known = UUID.test(id) ? id : randomUUID();
  const [check] = 'check' in of ? await checks.byIds([known], of.command) : await checks.byRequests([known]);
  const subject = check ? (await subjectsOf(errand, [check.person]))[0] : undefined;
  const [seen] = check && subject ? seenAs(errand, check, subject) : [];
  if (seen) return seen;
  errand.hold(NOT_OPEN_HOLD_MILLISECONDS);
  addPlace(errand.root, subject ?? (await nobody(errand, known)), null);
  return null;
}

/**
 * People whom the caller names by their opaque ids, decided, in the order given. They count as asked about.
 * @throws GatewayError BAD_IDENTIFIER
 */
export async function namedPeople(errand: Errand, ids: readonly string[]): Promise<NamedSubject[]> {
  const { engine, request } = errand;
  const { principal, view, now } = request;
  const references: SubjectReference[] = ids.map(opaqueReference);
  const [found, asked] = await Promise.all([
    engine.subjects.read(principal, references, view.day),
    countAsked(engine, request, references),
  ]);
  const caller = { practitioner: principal.practitioner, now, alone: false, asked };
  return ids.map((id, index) => {
    const facts = found[index] ?? null;
    return { id, reference: opaqueReference(id), facts, decision: decide(engine.policy.bundle, view, caller, facts) };
  });
}

/** Somebody about whom there is nothing, read and decided like anybody. */
export async function nobody({ engine, request }: Errand, id: string): Promise<NamedSubject> {
  const { principal, view, now } = request;
  const reference = { by: 'id', value: id } as const;
  await engine.subjects.opaqueIds(principal.partner, []);
  await engine.subjects.read(principal, [reference], view.day);
  const caller = { practitioner: principal.practitioner, now, alone: false, asked: 0 };
  return { id, reference, facts: null, decision: decide(engine.policy.bundle, view, caller, null) };
}
