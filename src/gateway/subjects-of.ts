import { decide } from '../policy/decide.ts';
import type { Accepted, Engine } from './engine.ts';
import type { Subject } from './person.ts';

/** A person as the caller's partner knows them, decided for the caller. */
export interface NamedSubject extends Subject {
  /** The opaque id. */
  readonly id: string;
}

/**
 * People of whom the gateway's own work speaks, as the caller may see them: in the order given, those who may not be
 * seen included. They were named by nobody, so break-glass opens none of them and none counts as asked about.
 * @param people the gateway's own keys
 */
export async function subjectsOf(
  { engine, request }: { readonly engine: Engine; readonly request: Pick<Accepted, 'principal' | 'view' | 'now'> },
  people: readonly string[],
): Promise<NamedSubject[]> {
  const { principal, view, now } = request;
  const ids = await engine.subjects.opaqueIds(principal.partner, people);
  const references = people.map((person) => ({ by: 'id', value: ids.get(person) ?? '' }) as const);
  const found = references.length > 0 ? await engine.subjects.read(principal, references, view.day) : [];
  const caller = { practitioner: principal.practitioner, now, alone: false, asked: 0 };
  return references.map((reference, index) => {
    const facts = found[index] ?? null;
    return { id: reference.value, reference, facts, decision: decide(engine.policy.bundle, view, caller, facts) };
  });
}
