import DataLoader from 'dataloader';
import {
  type DocumentNode,
  execute,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { whyNoIdentifiers } from '../policy/decide.ts';
import { type Reason, refuse } from '../policy/gates.ts';
import type { View } from '../policy/view.ts';
import type { Selection } from '../record/selection.ts';
import { createLoaders, type Loaders } from '../sources/loaders.ts';
import { disclosedItems } from './break-glass.ts';
import type { Accepted, Engine } from './engine.ts';
import { explainOperation } from './explain.ts';
import { type AnswerExtensions, describeAnswer, publiclyWithheld } from './extensions.ts';
import { createGapReader } from './gaps/reader.ts';
import { checkLimits } from './limits.ts';
import { type Operation, type RootField, readOperation, selectionBelow } from './operation.ts';
import { doOwnWork } from './own-work.ts';
import { createPersonNode, type FetchContext, type PersonNode, type Subject } from './person.ts';
import { createPlanner } from './plan.ts';
import { checkRelease, type Released } from './release.ts';
import { isListByGaps } from './releases.ts';
import { decideRoots, isOwnWork, typeOfRoot } from './roots.ts';
import type { Root, Scope } from './scope.ts';

/** What an operation did, for the audit entry. Filled as far as the operation came. */
export interface Trail {
  roots: readonly Root[];
  released: ReadonlyMap<PersonNode, Released>;
  asked: Loaders['asked'];
  /** Set when the operation was explained and not answered. */
  explained: boolean;
  /** What takes effect once the entries are durable and before the answer leaves. */
  afterRecorded: (() => Promise<void>)[];
  /** The answer must not leave before this many milliseconds after the request came in. */
  holdMilliseconds: number;
}

export interface Answer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly extensions: AnswerExtensions;
}

/**
 * Runs one validated operation: subjects, decision, execution, release check. Decide first, fetch second; nothing after
 * the decision may widen it.
 *
 * @throws GatewayError for a request that is wrong or refused as a whole; any other error is a fault of ours
 */
export async function executeOperation(
  engine: Engine,
  request: Accepted,
  trail: Trail,
  document: DocumentNode,
  definition: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { policy, schemas } = engine;
  // Validation lets through an operation of a kind that the schema does not have.
  if (definition.operation === OperationTypeNode.SUBSCRIPTION) {
    throw new GatewayError('BAD_USER_INPUT', 'Only queries and mutations are answered here.');
  }
  const operation = readOperation(schemas.shared, document, definition, variables);
  checkLimits(document, definition, operation.roots);
  const introspects = operation.roots.filter(({ name }) => name === '__schema' || name === '__type');
  if (introspects.length > 0) return introspect(engine, request, operation, introspects);

  const personType = schemas.shared.getType('Person') as GraphQLObjectType;
  const asked = operation.roots.filter(({ name }) => name !== '__typename');
  if (definition.operation === OperationTypeNode.MUTATION && asked.length > 1) {
    // One request, one entry, one thing done: what a second field would do could not be taken back with the first.
    throw new GatewayError('BAD_USER_INPUT', 'A mutation has one field: send another operation for the next.');
  }
  const selections = asked.map((root) => personSelection(root, operation, engine));
  const loaders = createLoaders(engine.holders, engine.keyField, request);
  trail.asked = loaders.asked;
  const hides = engine.gapRules.of(request.view).some(({ isHidden }) => isHidden);
  const looksAtHidden = (selection: Selection) =>
    selectsHidden(selection, request.view) || (hides && selection.has('gaps'));
  const isHeld = asked.some(
    (root, index) => looksAtHidden(selections[index] ?? new Map()) || (hides && isListByGaps(root)),
  );
  trail.holdMilliseconds = isHeld ? request.view.holdMilliseconds : 0;

  const planner = createPlanner(request.view);
  const permitted = new WeakMap<object, ReadonlySet<string>>();
  const fetching: FetchContext = {
    view: request.view,
    now: request.now,
    loaders,
    holdersOf: policy.holdersOf,
    permit: (value, fields) => permitDeep(permitted, value, fields),
  };
  const readGaps = createGapReader(engine, request, fetching);
  const place = (subject: Subject, selection: Selection): PersonNode => {
    if (looksAtHidden(selection)) {
      trail.holdMilliseconds = Math.max(trail.holdMilliseconds, request.view.holdMilliseconds);
    }
    const plans = new Map(
      [...selection].flatMap(([name, below]) => {
        const type = getNamedType(personType.getFields()[name]?.type);
        if (!below || !isObjectType(type) || !policy.territory.sections.some(({ field }) => field === name)) return [];
        return [[name, planner(subject.decision, name, type, below)] as const];
      }),
    );
    const closed = selection.has('identifiers') ? (whyNoIdentifiers(request.view) ?? underBreakGlass(subject)) : null;
    const gaps = readGaps(subject, selection.get('gaps') ?? null);
    const node = createPersonNode(subject, plans, fetching, closed, gaps);
    if (request.prefer.refuseWithheld && publiclyWithheld(node).length > 0) {
      throw withheldRefused();
    }
    return node;
  };

  if (request.prefer.explain) {
    const fields = asked.map((field, index) => [field, selections[index] ?? new Map()] as const);
    return held(trail, await explainOperation(engine, request, trail, operation, fields, place));
  }
  const roots = await decideRoots(engine, request, asked, selections);
  trail.roots = roots;
  if (request.prefer.refuseWithheld && roots.some(({ closed }) => closed !== null)) throw withheldRefused();
  for (const root of roots) {
    if (root.field.name === 'releases' || root.ownType) continue;
    root.nodes = root.subjects.map((subject) => (subject.decision.permitted ? place(subject, root.selection) : null));
  }
  const ids = new DataLoader(async (people: readonly string[]) => {
    const known = await engine.subjects.opaqueIds(request.principal.partner, people);
    return people.map((person) => known.get(person) ?? new Error('no opaque id was made'));
  });
  const scope: Scope = {
    requestId: request.requestId,
    principal: request.principal,
    view: request.view,
    now: request.now,
    operation,
    roots: new Map(roots.map((root) => [root.field.key, root])),
    loaders,
    permitted,
    lists: {
      rules: engine.gapRules.of(request.view).map((rule) => rule.policy.rule),
      regions: [...policy.bundle.regions.keys()],
      regionOf: (district) => policy.bundle.areas.get(district)?.region ?? null,
    },
    opaqueId: ({ facts }) => ids.load(facts?.person ?? ''),
    place,
    ask: (holder, identifier, leaf) =>
      loaders.load(holder, {
        identifier,
        section: leaf.section,
        type: schemas.shared.getType(leaf.type) as GraphQLObjectType,
        selection: new Map([[leaf.field, null]]),
      }),
    async work(root) {
      const { args } = root.field;
      const afterRecorded = (effect: () => Promise<void>) => void trail.afterRecorded.push(effect);
      root.result = await doOwnWork({
        engine,
        request,
        root,
        args,
        selection: root.selection,
        ask: scope.ask,
        place,
        hold: (milliseconds) => {
          trail.holdMilliseconds = Math.max(trail.holdMilliseconds, milliseconds);
        },
        afterRecorded,
      });
      return root.result;
    },
  };

  const result = await execute({
    schema: schemas.guarded(
      request.view,
      roots.some(({ subjects }) => subjects.some(({ decision }) => decision.narrowed)),
    ),
    document,
    operationName: definition.name?.value ?? null,
    variableValues: variables as Record<string, unknown>,
    contextValue: scope,
  });
  const [error] = result.errors ?? [];
  if (error) throw error.originalError instanceof GatewayError ? error.originalError : error;
  const data = result.data as Readonly<Record<string, unknown>>;
  trail.released = checkRelease(operation, scope.roots, data);
  const disclosed = disclosedItems(request, holdersUnderBreakGlass(trail.released));
  if (disclosed.length > 0) trail.afterRecorded.push(() => engine.governance.addWorkItems(disclosed));
  return held(trail, { data, extensions: describeAnswer(scope, policy, trail.released) });
}

/**
 * SHARE-04: what is known of somebody who may not be shown takes longer to read and to write down than nothing does. An
 * answer that has nothing to show of somebody leaves no earlier than this, whoever it was.
 */
const NOTHING_TO_SHOW_HOLD_MILLISECONDS = 50;

function held(trail: Trail, answer: Answer): Answer {
  if (answer.extensions.nothingToShow) {
    trail.holdMilliseconds = Math.max(trail.holdMilliseconds, NOTHING_TO_SHOW_HOLD_MILLISECONDS);
  }
  return answer;
}

/** Nobody's numbers are shown in an emergency; a bare null would look as if there were none. */
function underBreakGlass({ decision }: Subject): Reason | null {
  return decision.breakGlass && refuse('break-glass', 'NOT_EMERGENCY');
}

/** Whose data the answer releases to somebody who broke the glass for it. */
function holdersUnderBreakGlass(released: ReadonlyMap<PersonNode, Released>): string[] {
  return [...released].flatMap(([{ subject }, { fields }]) =>
    subject.decision.breakGlass ? [...fields].map((field) => field.split('|')[0] ?? '') : [],
  );
}

function withheldRefused(): GatewayError {
  return new GatewayError(
    'WITHHELD_REFUSED',
    'Some of what is selected would be withheld, and the request prefers no answer to a partial one.',
  );
}

/** What is selected of each person at a root field, wherever below it people stand; of the gateway's own work, all. */
function personSelection(root: RootField, operation: Operation, engine: Engine): Selection {
  const type = typeOfRoot(root, engine);
  if (!isObjectType(type)) return new Map();
  const selection = selectionBelow(operation, type, root.nodes);
  return type.name === 'Person' || isOwnWork(root, engine)
    ? selection
    : (selection.get('edges')?.get('node') ?? new Map());
}

function selectsHidden(selection: Selection, view: View): boolean {
  return [...selection.keys()].some((field) => view.sections.get(field)?.existence === 'hidden');
}

function permitDeep(
  permitted: WeakMap<object, ReadonlySet<string>>,
  value: unknown,
  fields: ReadonlySet<string>,
): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) permitDeep(permitted, item, fields);
    return;
  }
  permitted.set(value, fields);
  for (const item of Object.values(value)) permitDeep(permitted, item, fields);
}

/** Answered from a schema that holds only what the view can ever hold. */
async function introspect(
  { schemas }: Engine,
  request: Accepted,
  operation: Operation,
  fields: readonly RootField[],
): Promise<Answer> {
  if (operation.roots.some((root) => !fields.includes(root) && root.name !== '__typename')) {
    throw new GatewayError('BAD_USER_INPUT', 'Ask about the schema in an operation of its own.');
  }
  const result = await execute({
    schema: schemas.visible(request.view),
    document: operation.document,
    operationName: operation.definition.name?.value ?? null,
    variableValues: operation.variables as Record<string, unknown>,
  });
  const [error] = result.errors ?? [];
  if (error) throw error;
  return { data: result.data as Readonly<Record<string, unknown>>, extensions: {} };
}
