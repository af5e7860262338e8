import { GatewayError } from '../errors.ts';
import { decide, type Reason, whyWithheld } from '../policy/decide.ts';
import type { View } from '../policy/view.ts';
import type { Selection } from '../record/selection.ts';
import type { SubjectReference } from '../record/subjects.ts';
import type { Accepted, Engine } from './engine.ts';
import type { RootField } from './operation.ts';
import type { Subject } from './person.ts';
import type { Leaf, Root } from './scope.ts';

/** The people of a caller's caseload that `releases` looks through, at most. */
const LARGEST_CASELOAD = 2_000;
/** People who are read to find them, at most. Nobody works with so many: more is a fault of the feeds. */
const LARGEST_READ = 10_000;

/** Everybody whom the root fields name, in one batched read, and everything decided about them. */
export async function decideRoots(
  engine: Engine,
  request: Accepted,
  fields: readonly RootField[],
  selections: readonly Selection[],
): Promise<Root[]> {
  const { bundle } = engine.policy;
  const { principal, view } = request;
  const references = fields.map((field) => referencesOf(field, engine, request));
  const found = await engine.subjects.read(principal, references.flat(), view.day);
  let position = 0;
  const roots: Root[] = [];
  for (const [index, field] of fields.entries()) {
    const selection = selections[index] ?? new Map();
    let subjects: Subject[];
    if (field.name === 'releases') {
      const types = closedRoot(field, view) === null ? view.purpose.relationships : [];
      const people =
        types.length > 0
          ? await engine.subjects.caseload(principal, types, carriedSpan(view, types, engine), LARGEST_READ + 1)
          : [];
      subjects = people
        .map((facts) => ({
          reference: { by: 'id', value: '' } as const,
          facts,
          decision: decide(bundle, view, principal.practitioner, facts),
        }))
        .filter(({ decision }) => decision.permitted);
      // A list that was cut would look whole. Those who are closed to the caller do not count, or they could be counted.
      if (people.length > LARGEST_READ) throw new Error(`a caseload of more than ${LARGEST_READ} people`);
      if (subjects.length > LARGEST_CASELOAD) {
        throw new GatewayError(
          'TOO_COMPLEX',
          `"releases" looks through a caseload of ${LARGEST_CASELOAD} people at most.`,
        );
      }
    } else {
      subjects = (references[index] ?? []).map((reference) => {
        const facts = found[position++] ?? null;
        return { reference, facts, decision: decide(bundle, view, principal.practitioner, facts) };
      });
    }
    roots.push({
      field,
      selection,
      subjects,
      nodes: [],
      told: new Map(),
      closed: closedRoot(field, view),
      someNotAsked: false,
      unavailable: new Set(),
    });
  }
  return roots;
}

/** The leaf by which releases are found: the gateway's one word about what a section holds. */
export const RELEASE_DATE: Leaf = { section: 'custody', type: 'Custody', field: 'releaseDate' };

/** A list of releases is not empty but closed where nobody's date can be asked for. */
function closedRoot({ name }: RootField, view: View): Reason | null {
  if (name !== 'releases') return null;
  const coordinate = `${RELEASE_DATE.type}.${RELEASE_DATE.field}`;
  const holders = [...(view.sections.get(RELEASE_DATE.section)?.holders.values() ?? [])];
  if (holders.some(({ fields }) => fields.has(coordinate))) return null;
  return whyWithheld(view, RELEASE_DATE.section, coordinate, null);
}

/** The longest grace of the types; each relationship is still judged by its own when it is decided. */
function carriedSpan({ day }: View, types: readonly string[], { policy }: Engine) {
  const grace = Math.max(...types.map((type) => policy.bundle.relationships.get(type)?.graceDays ?? 0));
  const endedSince = new Date(Date.parse(`${day}T00:00:00Z`) - grace * 86_400_000).toISOString().slice(0, 10);
  return { day, endedSince };
}

function referencesOf({ name, args }: RootField, engine: Engine, request: Accepted): SubjectReference[] {
  if (name === 'people') return (args['ids'] as readonly string[]).map(opaqueReference);
  if (name !== 'person') return [];
  const { id, identifier } = args as { id?: string | null; identifier?: { type: string; value: string } | null };
  if ((id == null) === (identifier == null)) {
    throw new GatewayError('BAD_USER_INPUT', '"person" takes exactly one of "id" and "identifier".');
  }
  if (id != null) return [opaqueReference(id)];
  return [engine.policy.identify(request.principal, request.view, identifier as { type: string; value: string })];
}

function opaqueReference(value: string): SubjectReference {
  if (!/^[A-Za-z0-9_-]{22}$/.test(value)) {
    throw new GatewayError(
      'BAD_IDENTIFIER',
      'An id is 22 letters, digits, hyphens and underscores, as an earlier answer gave it.',
    );
  }
  return { by: 'id', value };
}
