import { type GraphQLNamedType, type GraphQLObjectType, getNamedType } from 'graphql';
import { GatewayError } from '../errors.ts';
import { type Caller, decide, whyWithheld } from '../policy/decide.ts';
import { type Reason, refuse } from '../policy/gates.ts';
import type { View } from '../policy/view.ts';
import { addDays } from '../record/day.ts';
import type { SubjectFacts } from '../record/facts.ts';
import type { Selection } from '../record/selection.ts';
import type { SubjectReference } from '../record/subjects.ts';
import { type BreakGlassInput, checkAttempt } from './break-glass.ts';
import type { Accepted, Engine } from './engine.ts';
import type { RootField } from './operation.ts';
import type { Subject } from './person.ts';
import type { Leaf, Root } from './scope.ts';

/** The people of a caller's caseload that `releases` looks through, at most. */
const LARGEST_CASELOAD = 2_000;
/** People who are read to find them, at most. Nobody works with so many: more is a fault of the feeds. */
const LARGEST_READ = 10_000;

/**
 * Everybody whom the root fields name, in one batched read, and everything decided about them.
 * @param alone whether the operation has one field. Break-glass opens one person at a time: two of them named in one
 *   operation are a list
 */
export async function decideRoots(
  engine: Engine,
  request: Accepted,
  fields: readonly RootField[],
  selections: readonly Selection[],
  alone = fields.length === 1,
): Promise<Root[]> {
  const { bundle } = engine.policy;
  const { principal, view } = request;
  const references = fields.map((field) => referencesOf(field, engine, request));
  const named = references.flat();
  const [found, asked] = await Promise.all([
    named.length > 0 ? engine.subjects.read(principal, named, view.day) : [],
    countAsked(engine, request, named),
  ]);
  let position = 0;
  const roots: Root[] = [];
  for (const [index, field] of fields.entries()) {
    const selection = selections[index] ?? new Map();
    const caller: Caller = {
      practitioner: principal.practitioner,
      now: request.now,
      alone: alone && (field.name === 'person' || field.name === 'breakGlass'),
      // A list of one's own people asks about nobody by name or number.
      asked: (references[index] ?? []).length > 0 ? asked : 0,
    };
    const isOwn = isOwnWork(field, engine);
    const closed = isOwn ? closedWork(field, engine, view) : closedRoot(field, view);
    let subjects: Subject[];
    if (field.name === 'releases') {
      const types = closed === null ? view.purpose.relationships : [];
      const people =
        types.length > 0
          ? await engine.subjects.caseload(principal, types, carriedSpan(view, types, engine), LARGEST_READ + 1)
          : [];
      subjects = people
        .map((facts) => ({
          reference: { by: 'id', value: '' } as const,
          facts,
          decision: decide(bundle, view, caller, facts),
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
        const judged = field.name === 'breakGlass' ? asIfGranted(facts, engine, request) : facts;
        return { reference, facts, decision: decide(bundle, view, caller, judged) };
      });
    }
    roots.push({
      field,
      selection,
      subjects,
      nodes: [],
      told: new Map(),
      given: new Map(),
      closed,
      notAsked: new Set(),
      unavailable: new Set(),
      ownType: isOwn ? (typeOfRoot(field, engine) as GraphQLObjectType) : null,
      result: null,
      deed: null,
    });
  }
  return roots;
}

/** The leaf by which releases are found: the gateway's one word about what a section holds. */
export const RELEASE_DATE: Leaf = { section: 'custody', type: 'Custody', field: 'releaseDate' };

/** A list of releases is not empty but closed where nobody's date can be asked for. */
export function closedRoot({ name }: Pick<RootField, 'name'>, view: View): Reason | null {
  if (name !== 'releases') return null;
  const coordinate = `${RELEASE_DATE.type}.${RELEASE_DATE.field}`;
  const holders = [...(view.sections.get(RELEASE_DATE.section)?.holders.values() ?? [])];
  if (holders.some(({ fields }) => fields.has(coordinate))) return null;
  return whyWithheld(view, RELEASE_DATE.section, coordinate, null);
}

/** The gateway's own work is closed to a role whose actions do not name it; break-glass also to one not marked for it. */
function closedWork({ name }: RootField, { policy }: Engine, view: View): Reason | null {
  const { role } = view;
  const isMarked = name !== 'breakGlass' || policy.bundle.breakGlass.roles.includes(role.name);
  if (!role.actions.includes(name) || !isMarked) return refuse('view', 'NOT_IN_VIEW');
  // It is made of the same dates.
  return name === 'needToKnow' ? closedRoot({ name: 'releases' }, view) : null;
}

/** Whether a root field is about the gateway's own work. */
export function isOwnWork({ on, name }: RootField, { policy }: Engine): boolean {
  return policy.bundle.governance.has(`${on}.${name}`);
}

/** The type of what a root field answers, lists and nulls aside. */
export function typeOfRoot({ on, name }: RootField, { schemas }: Engine): GraphQLNamedType | undefined {
  const root = schemas.shared.getType(on) as GraphQLObjectType;
  return getNamedType(root.getFields()[name]?.type);
}

/** What would be decided if the glass were broken: a grant that nobody has yet. */
function asIfGranted(facts: SubjectFacts | null, { policy }: Engine, request: Accepted): SubjectFacts | null {
  const until = new Date(request.now.getTime() + policy.bundle.breakGlass.minutes * 60_000);
  const { purpose, role } = request.view;
  const grant = { id: request.requestId, purpose: purpose.code, role: role.name, until };
  return facts && { ...facts, breakGlass: [grant] };
}

/** By what was sent and not by whom it names: two numbers of one person count like two of nobody. */
export async function countAsked(
  { subjects }: Engine,
  { principal, view, pseudonyms }: Accepted,
  references: readonly SubjectReference[],
): Promise<number> {
  if (references.length === 0) return 0;
  // By the oldest key, so that nobody counts twice on the day that another comes.
  const keys = references.flatMap(({ by, ...reference }) =>
    pseudonyms.everyOfIdentifier(by === 'id' ? by : (reference as { type: string }).type, reference.value).slice(0, 1),
  );
  return subjects.asked(
    principal,
    view.day,
    keys.map(({ ref }) => Buffer.from(ref, 'base64url')),
  );
}

/** The longest grace of the types; each relationship is still judged by its own when it is decided. */
export function carriedSpan({ day }: View, types: readonly string[], { policy }: Engine) {
  const grace = Math.max(...types.map((type) => policy.bundle.relationships.get(type)?.graceDays ?? 0));
  const endedSince = addDays(day, -grace);
  return { day, endedSince };
}

function referencesOf(field: RootField, engine: Engine, request: Accepted): SubjectReference[] {
  const { name, args } = field;
  if (name === 'breakGlass') {
    if (closedWork(field, engine, request.view)) return [];
    const input = args['input'] as BreakGlassInput;
    const reference = engine.policy.identify(request.principal, request.view, input.identifier);
    checkAttempt(engine.policy.bundle, input);
    return [reference];
  }
  if (name === 'people') return (args['ids'] as readonly string[]).map(opaqueReference);
  if (name !== 'person') return [];
  const { id, identifier } = args as { id?: string | null; identifier?: { type: string; value: string } | null };
  if ((id == null) === (identifier == null)) {
    throw new GatewayError('BAD_USER_INPUT', '"person" takes exactly one of "id" and "identifier".');
  }
  if (id != null) return [opaqueReference(id)];
  return [engine.policy.identify(request.principal, request.view, identifier as { type: string; value: string })];
}

export function opaqueReference(value: string): SubjectReference {
  if (!/^[A-Za-z0-9_-]{22}$/.test(value)) {
    throw new GatewayError(
      'BAD_IDENTIFIER',
      'An id is 22 letters, digits, hyphens and underscores, as an earlier answer gave it.',
    );
  }
  return { by: 'id', value };
}
