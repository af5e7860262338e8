import { randomUUID } from 'node:crypto';
import { type GraphQLObjectType, isObjectType } from 'graphql';
import { watchEntry } from '../../audit/entry.ts';
import { moveRelease } from '../../checks/ask.ts';
import { parseQuestion } from '../../checks/question.ts';
import type { View } from '../../policy/view.ts';
import type { Check } from '../../record/checks.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { createLoaders } from '../../sources/loaders.ts';
import { decideOnBehalf, standingsIn } from '../events/on-behalf.ts';
import { createPersonNode, type PersonNode } from '../person.ts';
import { createPlanner } from '../plan.ts';
import { RELEASE_DATE } from '../roots.ts';
import type { SentMessage } from '../scope.ts';
import { outcomeOf } from '../subject-outcome.ts';
import { requestMessage } from './outward.ts';
import { factsOf } from './sweep-facts.ts';
import { AS_SYSTEM, type Behalf, behalfOfAsker, commit, DONE, operationOf, type Round, SYSTEM } from './sweep-round.ts';

/** What hangs on the day here is whether an answer will be too old on it: a matter of weeks. */
const EVERY_MILLISECONDS = 3_600_000;
/** A day that passed may still move: somebody is not let out after all, or is back. */
const PASSED_DAYS = 28;
const PAGE = 500;
const DEADLINE_MILLISECONDS = 8_000;

/**
 * Looks at the day of release of everybody who is not out yet, or only just, and about whom a check was asked, on behalf of
 * somebody who works with them at the partner that asked and by what that one may see; and asks again what will be too
 * old. A page of checks in a round: others wait for theirs.
 */
export function noticingMoves(): (round: Round) => Promise<boolean> {
  /** The last check that was looked at; null before the first, undefined while it is not this gateway's turn. */
  let place: string | null | undefined;
  return async (round) => {
    const { engine, now, day } = round;
    const { checks, events } = engine;
    if (place === undefined && (await events.claimWatch('checks: days of release', now, EVERY_MILLISECONDS)))
      place = null;
    if (place === undefined) return false;
    const page = await checks.watched(addDays(day, -PASSED_DAYS), place, PAGE);
    for (const alike of Map.groupBy(page, ({ partner, type }) => `${partner} ${type}`).values()) {
      await lookAndMove(round, alike).catch((error: unknown) => round.fault('days of release', error));
    }
    place = page.length < PAGE ? undefined : page.at(-1)?.id;
    return place !== undefined;
  };
}

/** @param checks of one partner and type */
async function lookAndMove(round: Round, checks: readonly Check[]): Promise<void> {
  const [first] = checks;
  if (!first) return;
  const behalf = behalfOfAsker(round, first);
  const days = await look(round, behalf, checks);
  for (const check of checks) {
    const day = days.get(check.person);
    if (day === undefined || day === check.release) continue;
    let outcome = moveRelease(check, day, AS_SYSTEM, round.moment);
    if (!outcome.ok) continue;
    let messages = await messagesOf(round, check, outcome.after);
    const refused = messages.filter(({ sent }) => !sent);
    if (refused.length > 0) {
      // SHARE-11: who may not be told stands as not asked.
      outcome = moveRelease(check, day, AS_SYSTEM, round.moment, new Set(refused.map(({ to }) => to.partner)));
      if (!outcome.ok) continue;
      messages = [...refused, ...(await messagesOf(round, check, outcome.after))];
    }
    const deed = { field: 'reopen', ok: true, code: null, reference: check.id };
    await commit(round, check, outcome, { behalf, deeds: [deed], messages });
  }
}

/** The days that their holder gave, of those of the people who may be looked at. Recorded before it is used. */
async function look(round: Round, behalf: Behalf, checks: readonly Check[]): Promise<ReadonlyMap<string, Day>> {
  const { engine, now, day, pseudonyms, log, metrics } = round;
  const { agreements } = engine.policy.bundle;
  const principal = { ...behalf, practitioner: SYSTEM, name: SYSTEM, client: '', issuer: '', subject: '', tokenId: '' };
  const view = engine.policy.viewOf(principal, behalf.purpose, day);
  if (!view?.sections.has(RELEASE_DATE.section)) return new Map();
  const standings = await standingsIn(engine, view, [...new Set(checks.map(({ person }) => person))]);
  const decided = await decideOnBehalf(engine, { view, now }, standings);
  const permitted = decided.filter(({ decision }) => decision.permitted);
  if (permitted.length === 0) return new Map();

  const operation = operationOf(round, randomUUID(), behalf);
  const signal = AbortSignal.any([round.signal, AbortSignal.timeout(DEADLINE_MILLISECONDS)]);
  const loaders = createLoaders(engine.holders, engine.keyField, { requestId: operation.requestId, signal });
  const place = placesOf(round, view, loaders);
  const nodes = await Promise.all(permitted.map(place));
  for (const [holder, faults] of loaders.asked()) {
    metrics.asked(holder, faults.length);
    if (faults.length > 0) round.fault(`days of release at ${holder}`, faults.join('; '));
  }
  const said = new Map(nodes.map((node) => [node.subject.facts?.person ?? '', sayingOf(node)]));
  const known = new Map(checks.map(({ person, release }) => [person, release]));
  // Somebody has an entry where their day is another; of each look there would be thousands that say the same (ADR 0016).
  const moved = nodes.filter(({ subject: { facts } }) => {
    const found = said.get(facts?.person ?? '');
    return found && found.day !== known.get(facts?.person ?? '');
  });
  await log.append([
    watchEntry(now, operation, {
      ...DONE,
      sources: [...loaders.asked().keys()].sort(),
      counts: { subjects: nodes.length, shown: moved.length, considered: decided.length },
    }),
    ...moved.map((node) => {
      const holder = said.get(node.subject.facts?.person ?? '')?.holder ?? '';
      return watchEntry(now, operation, outcomeOf(node, [`${holder}|${COORDINATE}`], { view, agreements, pseudonyms }));
    }),
  ]);
  return new Map([...said].flatMap(([person, found]) => (found ? [[person, found.day] as const] : [])));
}

const COORDINATE = `${RELEASE_DATE.type}.${RELEASE_DATE.field}`;

/** Places for people of whom nothing is looked at but the day of release; it is asked for in one call. */
function placesOf({ engine, now }: Round, view: View, loaders: ReturnType<typeof createLoaders>) {
  const type = engine.schemas.shared.getType(RELEASE_DATE.type);
  if (!isObjectType(type)) throw new Error(`the schema has no ${RELEASE_DATE.type}`);
  const planner = createPlanner(view);
  const selection = new Map([[RELEASE_DATE.field, null]]);
  const fetching = { view, now, loaders, holdersOf: engine.policy.holdersOf, permit: () => {} };
  return async (subject: PersonNode['subject']): Promise<PersonNode> => {
    const plan = planner(subject.decision, RELEASE_DATE.section, type as GraphQLObjectType, selection);
    const node = createPersonNode(subject, new Map([[RELEASE_DATE.section, plan]]), fetching);
    await node.section(RELEASE_DATE.section);
    return node;
  };
}

/** Null where nobody said when, or did so too long ago. */
function sayingOf({ outcomes }: PersonNode): { readonly holder: string; readonly day: Day } | null {
  const outcome = outcomes.get(RELEASE_DATE.section);
  const [part] = outcome?.parts ?? [];
  const isFresh = outcome?.trueRows.some(({ holder, status }) => holder === part?.holder && status === 'AVAILABLE');
  const day = (part?.value as Readonly<Record<string, unknown>> | undefined)?.[RELEASE_DATE.field];
  return part && isFresh && typeof day === 'string' ? { holder: part.holder, day } : null;
}

/** What the requests tell that are asked again, by both keys as they are turned today. */
async function messagesOf(round: Round, before: Check, after: Check): Promise<SentMessage[]> {
  const fresh = after.requests.slice(before.requests.length);
  if (fresh.length === 0) return [];
  const { bundle } = round.engine.policy;
  const facts = await factsOf(round, after);
  const messages = fresh.map(async (request) => {
    const text = request.contentId && (await round.engine.checks.contents.read(request.contentId));
    const ground = { bundle, day: round.day, pseudonyms: round.pseudonyms };
    return text === null ? [] : [requestMessage(ground, after, request, parseQuestion(text), facts)];
  });
  return (await Promise.all(messages)).flat();
}
