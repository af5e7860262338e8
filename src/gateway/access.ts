import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Actor, NOBODY, notDeliveredEntry, type OperationFacts } from '../audit/entry.ts';
import type { AuditLog } from '../audit/log.ts';
import type { Pseudonyms } from '../audit/pseudonym.ts';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Verifier } from '../identity/verifier.ts';
import type { Role } from '../policy/bundle.ts';
import { callerReasons } from '../policy/caller.ts';
import type { Reason } from '../policy/gates.ts';
import type { View } from '../policy/view.ts';
import { londonDay } from '../record/london.ts';
import type { GraphQLEndpoint, Passage } from './apollo.ts';
import { BodyRefused, NOT_GRAPHQL, readBody } from './body.ts';
import type { Accepted, Engine } from './engine.ts';
import { actorOf, entriesOf } from './entries.ts';
import type { Trail } from './execute.ts';
import type { Metrics } from './metrics.ts';
import { type Preferences, readPreferences } from './prefer.ts';
import { formatted, type Refusal, refusalOf } from './refusals.ts';

/** One HTTP request to the gateway's only door. */
export interface AccessRequest {
  /** A UUID of ours. */
  readonly requestId: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly authorization: readonly string[];
  /** The address at the other end of the connection. */
  readonly network: string | null;
  /** Null when it was not JSON; then `bodyProblem` says what would be right. */
  readonly body: unknown;
  readonly bodyProblem: { readonly message: string; readonly status: number } | null;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AccessReply extends Answer {
  /** Records that the client had gone before the whole of it was written. Never rejects. */
  notDelivered(): Promise<void>;
}

export interface AccessDependencies {
  /** What is in force now. Asked once per request: a policy that changes meanwhile is for the next one. */
  readonly engine: () => Engine;
  readonly endpoint: GraphQLEndpoint;
  readonly verifier: Verifier;
  readonly log: Pick<AuditLog, 'append'>;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** The gateway's name, as its entries say. */
  readonly node: string;
}

/** All holders together have this long. */
const DEADLINE_MILLISECONDS = 8_000;

/**
 * The life of a request, from the token to the recorded answer. Whatever way it ends, its entries are durable before the
 * reply is returned (AUDIT-01, AUDIT-02); when they cannot be, the reply is a 503 without data.
 */
export async function handleAccess(dependencies: AccessDependencies, request: AccessRequest): Promise<AccessReply> {
  const { clock, metrics, logger } = dependencies;
  const engine = dependencies.engine();
  const { requestId } = request;
  const started = performance.now();
  const trail: Trail = {
    roots: [],
    released: new Map(),
    asked: () => new Map(),
    holdMilliseconds: 0,
    explained: false,
    afterRecorded: [],
  };
  const course: Course = { actor: NOBODY, purpose: null, reasons: [], view: null, passage: null };

  let reply: Answer;
  let refusal: Refusal | null = null;
  try {
    const accepted = await accept(dependencies, engine, request, course);
    const body = readBody(request);
    const passage: Passage = { accepted, engine, trail, documentHash: null, refusal: null, fault: null };
    course.passage = passage;
    const answer = await dependencies.endpoint.run(body, plainHeaders(request.headers), passage);
    refusal = passage.refusal;
    // Apollo refuses some requests before its plugins see them; their texts are its own.
    if (!refusal && answer.status >= 500) throw new Error(`Apollo Server answered ${answer.status} by itself`);
    if (!refusal && answer.status >= 400) throw new GatewayError('BAD_USER_INPUT', NOT_GRAPHQL);
    if (passage.fault) logger.error({ requestId, err: passage.fault }, 'fault');
    reply = {
      status: answer.status,
      headers: {
        ...pick(answer.headers, ['content-type']),
        ...applied(accepted.prefer, trail),
        ...(refusal && refusalHeaders(refusal)),
      },
      body: answer.body,
    };
  } catch (error) {
    refusal = refusalOf(error);
    if (refusal.code === 'FAULT') logger.error({ requestId, err: error }, 'fault');
    reply = refused(refusal, request, error instanceof BodyRefused ? error.httpStatus : refusal.status);
  }

  const asked = trail.asked();
  for (const [holder, faults] of asked) {
    metrics.asked(holder, faults.length);
    if (faults.length > 0) logger.warn({ requestId, holder, faults }, 'holder not heard');
  }
  const operation: OperationFacts = {
    requestId,
    trace: traceOf(request.headers['traceparent']),
    network: request.network,
    node: dependencies.node,
    actor: course.actor,
    purpose: course.purpose,
    policy: engine.policy.bundle.hash,
    // An operation's name is the caller's text, in which anything may stand: it is not written down.
    operation: { name: null, hash: course.passage?.documentHash ?? null },
  };
  let recorded = false;
  try {
    const outcome = refusal ? refusal.code : trail.explained ? 'explained' : 'answered';
    const entries = entriesOf(
      clock.now(),
      operation,
      { outcome, status: reply.status, reasons: course.reasons },
      trail,
      { view: course.view, agreements: engine.policy.bundle.agreements, pseudonyms: dependencies.pseudonyms },
    );
    await dependencies.log.append(entries);
    recorded = true;
  } catch (error) {
    logger.error({ requestId, err: error }, 'the access could not be recorded');
    refusal = refusalOf(
      error instanceof GatewayError
        ? error
        : new GatewayError(
            'AUDIT_UNAVAILABLE',
            'The access could not be recorded, so nothing is shown. Try again shortly.',
          ),
    );
    reply = refused(refusal, request, refusal.status);
  }
  if (!refusal) {
    try {
      for (const takeEffect of trail.afterRecorded) await takeEffect();
    } catch (error) {
      logger.error({ requestId, err: error }, 'what was recorded could not take effect');
      refusal = refusalOf(
        new GatewayError('STORE_UNAVAILABLE', 'What was asked for could not take effect. Try again shortly.'),
      );
      reply = refused(refusal, request, refusal.status);
    }
  }

  const wait = trail.holdMilliseconds - (performance.now() - started);
  if (wait > 0) await sleep(wait);
  metrics.answered(refusal ? refusal.code : trail.explained ? 'explained' : 'answered', performance.now() - started);
  const { status } = reply;
  return {
    ...reply,
    async notDelivered() {
      // Of what could not be recorded, nothing was to be delivered.
      if (!recorded) return;
      await dependencies.log
        .append([notDeliveredEntry(clock.now(), operation, status)])
        .catch((error: unknown) =>
          logger.error({ requestId, err: error }, 'that an answer was not delivered could not be recorded'),
        );
    },
  };
}

/** What is known of a request so far, for its entry. */
interface Course {
  actor: Actor;
  purpose: string | null;
  /** The gates about the caller alone; empty for a caller whose token did not verify. */
  reasons: readonly Reason[];
  view: View | null;
  passage: Passage | null;
}

/** https://www.w3.org/TR/trace-context/#traceparent-header: a version that may come must begin like this one. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?=$|-)/;

/** Only the trace id: the rest of the header, and headers that are not well formed, are not written down. */
function traceOf(header: string | readonly string[] | undefined): string | null {
  return typeof header === 'string' ? (TRACEPARENT.exec(header)?.[1] ?? null) : null;
}

async function accept(
  { verifier, clock, pseudonyms }: AccessDependencies,
  engine: Engine,
  request: AccessRequest,
  course: Course,
): Promise<Accepted> {
  const verified = await verifier.verify(request.authorization.length > 0 ? request.authorization : undefined);
  if (!verified.ok) {
    const { client = null, partner = null, tokenId = null } = verified.claims ?? {};
    course.actor = { ...NOBODY, client, partner, tokenId };
    throw verified.error;
  }
  const { principal } = verified;
  course.actor = actorOf(principal);

  const { bundle } = engine.policy;
  const declared = request.headers['purpose-of-use'];
  const purpose = typeof declared === 'string' && declared.trim() !== '' ? declared.trim() : null;
  // Only a purpose that exists is written down: the header is the caller's text.
  course.purpose = purpose !== null && bundle.purposes.has(purpose) ? purpose : null;
  course.reasons = callerReasons(bundle, principal, purpose);
  const refusal = course.reasons.find(({ outcome }) => outcome === 'refuse');
  if (refusal) throw callerRefused(refusal, purpose, bundle.roles.get(principal.role));
  const now = clock.now();
  const view = engine.policy.viewOf(principal, purpose ?? '', londonDay(now));
  if (!view) throw new Error('a caller whom every gate let pass has no view');
  course.view = view;
  return {
    requestId: request.requestId,
    principal,
    view,
    now,
    prefer: readPreferences(request.headers['prefer']),
    pseudonyms,
    signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
  };
}

/** The first gate that refuses gives the code; the entry keeps what each of them said. */
function callerRefused({ gate }: Reason, purpose: string | null, role: Role | undefined): GatewayError {
  const allowed = [...(role?.purposes.keys() ?? [])].join(', ');
  switch (gate) {
    case 'client':
      return new GatewayError(
        'ROLE_REQUIRED',
        "The software that asks, which the token names as its client, is not registered for the caller's partner.",
      );
    case 'practitioner':
      return new GatewayError('PRACTITIONER_REQUIRED', 'The access token must name the practitioner who asks.');
    case 'purpose':
      return purpose === null
        ? new GatewayError(
            'PURPOSE_REQUIRED',
            `Say in the header Purpose-Of-Use what the request is for, one of: ${allowed}.`,
          )
        : new GatewayError('PURPOSE_NOT_ALLOWED', `Your role may declare one purpose of: ${allowed}.`);
    default:
      return new GatewayError('ROLE_REQUIRED', "The token must name one role, and one that the caller's partner has.");
  }
}

/** The preference that the answer keeps to. */
function applied({ refuseWithheld }: Preferences, { explained }: Trail): Record<string, string> {
  if (explained) return { 'preference-applied': 'explain' };
  return refuseWithheld ? { 'preference-applied': 'withheld=refuse' } : {};
}

function refused(refusal: Refusal, request: AccessRequest, status: number): Answer {
  const { requestId } = request;
  const accepts = String(request.headers['accept'] ?? '');
  const type = accepts.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json';
  return {
    status,
    headers: { 'content-type': `${type}; charset=utf-8`, ...refusalHeaders(refusal) },
    body: `${JSON.stringify({ errors: [formatted(refusal, requestId)], extensions: { requestId } })}\n`,
  };
}

export function refusalHeaders({ status }: Pick<Refusal, 'status'>): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  return status === 503 ? { link: '</urgent>; rel="help"', 'retry-after': '5' } : {};
}

function pick(headers: ReadonlyMap<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])));
}

function plainHeaders(headers: AccessRequest['headers']): Record<string, string> {
  // Only what content negotiation needs: nothing a caller invents in a header reaches further.
  return Object.fromEntries(
    ['content-type', 'accept'].flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
}
