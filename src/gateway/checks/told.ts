import type { GraphQLObjectType } from 'graphql';
import { allowedOnCheck, allowedOnRequest } from '../../checks/allowed.ts';
import { isLate, needsCountersignature, openForOthers } from '../../checks/state.ts';
import { pass } from '../../policy/gates.ts';
import type { CheckRequest, Done } from '../../record/checks.ts';
import type { Selection } from '../../record/selection.ts';
import type { Errand } from '../errand.ts';
import type { PersonNode, Subject } from '../person.ts';
import { coordinatesOf } from '../plan.ts';
import { allowedTo, answerTold, knowsAnswers, questionTold, type Told } from './contents.ts';
import type { Seen, Standing } from './standing.ts';

/** The places of people in an answer about checks, by the gateway's own key. */
export type Places = ReadonlyMap<string, PersonNode>;

/**
 * Makes the places, for the answer and for its entries. Before anything is kept: it may refuse the request.
 * @param selection of each check; none where no check is selected
 */
export function placePeople(errand: Errand, seen: readonly Seen[], selection: Selection = new Map()): Places {
  const { root, place } = errand;
  const below = selection.get('person') ?? new Map();
  const places = new Map<string, PersonNode>();
  for (const { check, subject, party } of seen) {
    if (places.has(check.person)) continue;
    const node = subject.decision.permitted ? place(subject, below) : place(byOwnRequest(subject, party), new Map());
    places.set(check.person, node);
    addPlace(root, node.subject, node);
  }
  return places;
}

/** For the entry of somebody about whom the operation is. */
export function addPlace(root: Errand['root'], subject: Subject, node: PersonNode | null): void {
  root.subjects = [...root.subjects, subject];
  root.nodes = [...root.nodes, node];
}

/** Checks as they stand in the answer, and notes what they tell. */
export function tellChecks(
  errand: Errand,
  seen: readonly Seen[],
  places: Places,
  selection: Selection = new Map(),
): Promise<object[]> {
  return Promise.all(
    seen.map((each) => {
      const node = places.get(each.check.person);
      if (!node) throw new Error('a check of somebody who has no place in the answer');
      return tellCheck(errand, each, node, selection);
    }),
  );
}

/** What is never null is told of anybody's check; the rest by who they are to it. */
const OF_ANY = ['id', 'type', 'open'];
const OF_RESPONDER = [...OF_ANY, 'askedBy', 'askedAt', 'requests'];
const OF_ASKER = [
  ...OF_RESPONDER,
  'state',
  'release',
  'decision',
  'countersignature',
  'needsCountersignature',
  'held',
  'version',
];

async function tellCheck(errand: Errand, seen: Seen, node: PersonNode, selection: Selection): Promise<object> {
  const { check, subject, party } = seen;
  const { now } = errand.request;
  const isAsker = party !== null && party.as !== 'RESPONDER';
  const theirs = isAsker ? OF_ASKER : party ? OF_RESPONDER : OF_ANY;
  const selected = new Map([...selection].filter(([name]) => theirs.includes(name)));
  const requests = selected.get('requests') ?? null;
  const own = [...selected].map(
    ([name, below]) => [name, name === 'requests' ? ownOf(below, isAsker) : below] as const,
  );
  // That it stands in the answer tells that there is one.
  tell(errand, node, check.partner, ['Check.type', ...coordinates(errand, new Map(own))]);

  const whole = {
    askedBy: check.askedBy,
    askedAt: check.askedAt.toISOString(),
    state: check.state,
    release: check.release,
    held: check.held,
    version: check.version,
    needsCountersignature: knowsAnswers(errand, seen) ? needsCountersignature(check) : null,
    decision: check.decision && {
      decision: check.decision.decision,
      ...(await words(errand, check.decision, selected.get('decision'))),
    },
    countersignature: check.countersignature && {
      agrees: check.countersignature.agrees,
      ...(await words(errand, check.countersignature, selected.get('countersignature'))),
    },
    requests: requests && (await tellRequests(errand, seen, node, requests)),
  };
  return {
    id: check.id,
    type: check.type,
    open: isAsker ? check.closedAt === null : openForOthers(check, now),
    person: subject.decision.permitted ? node : null,
    allowedNow: party ? allowedTo(errand, seen, allowedOnCheck(check, party)) : [],
    ...Object.fromEntries(Object.entries(whole).filter(([name]) => theirs.includes(name))),
  };
}

function tellRequests(errand: Errand, seen: Seen, node: PersonNode, selection: Selection): Promise<object[]> {
  const { check } = seen;
  const theirs = check.requests.filter(({ id }) => isTheirs(seen, id));
  return Promise.all(theirs.map((request) => tellRequest(errand, seen, node, request, selection)));
}

function isTheirs({ party }: Seen, request: string | null): boolean {
  return party?.as !== 'RESPONDER' || party.requests.has(request ?? '');
}

async function tellRequest(
  errand: Errand,
  seen: Seen,
  node: PersonNode,
  request: CheckRequest,
  selection: Selection,
): Promise<object> {
  const { engine, request: accepted } = errand;
  const { check, party } = seen;
  const { answer, accepted: acceptance } = request;
  const isAsker = party?.as !== 'RESPONDER';
  const isAsked = request.state !== 'NOT_ASKED';
  const wants = (field: string) => selection.has(field) || selection.has('closed');
  const told = wants('told') ? await questionTold(errand, seen, request) : null;
  const said = wants('answer') ? await answerTold(errand, seen, request) : null;
  note(errand, node, told, selection.get('told'));
  note(errand, node, said, selection.get('answer'));
  const actions = party ? allowedOnRequest(check, request, party) : [];
  return {
    id: request.id,
    responder: request.responder,
    desk: engine.policy.bundle.desks.duty.get(request.responder) ?? null,
    state: request.state,
    requestedAt: request.requestedAt.toISOString(),
    acknowledgedAt: request.acknowledged?.at.toISOString() ?? null,
    chased: request.chased,
    chasedAt: request.chasedAt?.toISOString() ?? null,
    targetAt: isAsked ? request.targetAt.toISOString() : null,
    breachAt: isAsked ? request.breachAt.toISOString() : null,
    overdue: isLate(request, accepted.now),
    returnedAt: answer?.at.toISOString() ?? null,
    validUntil: answer?.validUntil ?? null,
    told: told?.value ?? null,
    answer: said?.value ?? null,
    closed: told?.closed ?? said?.closed ?? null,
    // Why a manager of the asker's took it as it is, is for the asker's partner.
    accepted: isAsker && acceptance ? await words(errand, acceptance, selection.get('accepted')) : null,
    // A responder knows of no request of which it was told nothing.
    supersededBy: isTheirs(seen, request.supersededBy) ? request.supersededBy : null,
    version: request.version,
    allowedNow: allowedTo(errand, seen, actions),
  };
}

/** Who did it and when; in their own words only where those are selected. */
async function words({ engine }: Errand, { by, at, textId }: Done, below: Selection | null | undefined) {
  const text = textId !== null && below?.has('text') ? await engine.texts.read(textId) : null;
  return { by, at: at.toISOString(), text };
}

/** Contents are told by message, each by its own keys; and whom to ring tells nothing of anybody. */
const NOT_ITS_OWN = ['told', 'answer', 'desk'];

function ownOf(below: Selection | null, isAsker: boolean): Selection {
  const isOwn = (name: string) => !NOT_ITS_OWN.includes(name) && (isAsker || name !== 'accepted');
  return new Map([...(below ?? [])].filter(([name]) => isOwn(name)));
}

function coordinates({ engine }: Errand, selection: Selection): string[] {
  return coordinatesOf(engine.schemas.shared.getType('Check') as GraphQLObjectType, selection);
}

function note({ root }: Errand, node: PersonNode, told: Told | null, below: Selection | null | undefined): void {
  if (!told?.value || !below) return;
  // That nothing was said of something is told as well.
  const released = [...below.keys()].flatMap((field) => {
    const message = told.messageOf[field];
    return message ? [`${told.holder}|${message}`] : [];
  });
  root.told.set(node, [...new Set([...(root.told.get(node) ?? []), ...released])]);
  for (const [coordinate, grant] of told.given) root.given.set(coordinate, grant);
}

function tell({ root }: Errand, node: PersonNode, holder: string, fields: readonly string[]): void {
  const told = fields.map((field) => `${holder}|${field}`);
  root.told.set(node, [...new Set([...(root.told.get(node) ?? []), ...told])]);
}

/** What carries somebody to their own request, and to their own answer, is that they were asked. */
function byOwnRequest({ decision, ...subject }: Subject, party: Standing): Subject {
  const [request] = party?.as === 'RESPONDER' ? party.requests : [];
  const reasons = decision.reasons.map((reason) => {
    if (reason.gate === 'relationship') return pass('relationship', 'ASKED', request ?? null);
    return reason.gate === 'break-glass' ? pass('break-glass', 'NOT_NEEDED') : reason;
  });
  return { ...subject, decision: { ...decision, reasons } };
}
