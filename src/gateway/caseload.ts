import { GatewayError } from '../errors.ts';
import { decide } from '../policy/decide.ts';
import type { Errand } from './errand.ts';
import { carriedSpan } from './roots.ts';

/** People of one caller who are looked through, at most. */
const LARGEST_CASELOAD = 2_000;
/** People who are read to find them, at most. Nobody works with so many: more is a fault of the feeds. */
const LARGEST_READ = 10_000;

/**
 * The gateway's keys of those with whom the caller has a relationship that carries the purpose, and whose record is open to
 * them.
 * @throws GatewayError TOO_COMPLEX for more than can be looked through
 */
export async function caseload({ engine, request, root }: Errand): Promise<string[]> {
  const { principal, view, now } = request;
  const types = view.purpose.relationships;
  if (types.length === 0) return [];
  const people = await engine.subjects.caseload(principal, types, carriedSpan(view, types, engine), LARGEST_READ + 1);
  if (people.length > LARGEST_READ) throw new Error(`a caseload of more than ${LARGEST_READ} people`);
  const caller = { practitioner: principal.practitioner, now, alone: false, asked: 0 };
  const open = people.filter((facts) => decide(engine.policy.bundle, view, caller, facts).permitted);
  if (open.length > LARGEST_CASELOAD) {
    const what = `"${root.field.name}" looks through a caseload of ${LARGEST_CASELOAD} people at most.`;
    throw new GatewayError('TOO_COMPLEX', what);
  }
  return open.map(({ person }) => person);
}
