import { toAskAgain } from '../../checks/ask.ts';
import { countsOn } from '../../checks/state.ts';
import type { Check, CheckType } from '../../record/checks.ts';
import { type Errand, refusedAs } from '../errand.ts';
import type { NamedSubject } from '../subjects-of.ts';
import { momentOf } from './act.ts';
import { deedOf, type KeptPerson, type KeptResult, type Repeatable, repeatable, resultOf } from './command.ts';
import { type Composed, compose, composeAgain, type Known } from './compose.ts';
import { concernedBy } from './concerned.ts';
import { NOT_OPEN_HOLD_MILLISECONDS, namedPeople } from './find.ts';
import { type Asked, type RequestChecksInput, readRequest } from './request-input.ts';
import { type Seen, seenAs } from './standing.ts';
import { addPlace, placePeople, tellChecks } from './told.ts';
import { readValues } from './values.ts';

/**
 * Asks what is missing about up to 200 people, each with a result of its own. What their records say is asked of the
 * holders in one call each, and goes to the responders as far as both keys let it; none of it is in the log.
 * @throws GatewayError BAD_USER_INPUT, BAD_IDENTIFIER, or PURPOSE_NOT_ALLOWED, before anybody is looked up
 */
export async function requestChecks(errand: Errand): Promise<object> {
  const { engine, request, root } = errand;
  const input = errand.args['input'] as RequestChecksInput;
  const asked = readRequest(errand, input);
  const command = await repeatable(errand, input);
  const subjects = await namedPeople(
    errand,
    asked.map(({ person }) => person),
  );
  if (command.kept) return again(errand, command, subjects, asked);

  const known = subjects.flatMap(({ facts, decision }) => (facts && decision.permitted ? [facts.person] : []));
  const kept = await engine.checks.ofPeople(known, { closed: true });
  const people = await Promise.all(
    subjects.map((subject, index) => askAbout(errand, subject, asked[index] as Asked, kept)),
  );
  const seen = people.flatMap(({ seen }) => seen);
  const places = placePeople(errand, seen, selectionOf(errand));
  const result: KeptResult = {
    role: request.view.role.name,
    purpose: request.view.purpose.code,
    reference: request.requestId,
    text: null,
    messages: people.flatMap(({ composed }) => composed.flatMap(({ messages }) => messages)),
    // A district is of somebody's record: no value is kept.
    people: people.map(({ kept }) => ({ ...kept, choices: [] })),
  };
  const changes = people.flatMap(({ composed }) => composed.flatMap(({ change }) => change ?? []));
  const saved = await engine.checks.save(changes, command.keep(result), request.now);
  if (saved === 'conflict') return refused(errand, 'VERSION_CONFLICT', 'checks', 'requestChecks');
  // The same, sent twice at once: the other one was first.
  if (saved === 'repeated') return again(errand, await repeatable(errand, input), subjects, asked);
  root.deed = deedOf(result);
  errand.afterRecorded(() => engine.checks.activate(request.requestId));
  return answer(
    errand,
    people.map(({ kept }) => kept),
    seen,
    places,
  );
}

interface PersonAsked {
  readonly kept: KeptPerson;
  readonly seen: readonly Seen[];
  readonly composed: readonly Composed[];
}

async function askAbout(
  errand: Errand,
  subject: NamedSubject,
  asked: Asked,
  all: readonly Check[],
): Promise<PersonAsked> {
  const { facts, decision } = subject;
  if (!facts || !decision.permitted) {
    // SHARE-04: whoever it is, and for whatever cause.
    addPlace(errand.root, subject, null);
    errand.hold(NOT_OPEN_HOLD_MILLISECONDS);
    return { kept: keptAs(asked, 'NOTHING_TO_SHOW', []), seen: [], composed: [] };
  }
  const own = all.filter(
    ({ person, partner }) => person === facts.person && partner === errand.request.principal.partner,
  );
  const standing = new Map(
    asked.types.map((type) => [type, own.findLast((each) => each.type === type && each.state !== 'WITHDRAWN') ?? null]),
  );
  const missing = asked.types.filter((type) => asked.isAnew || isMissing(errand, asked, standing.get(type) ?? null));
  const isOpen = (type: CheckType) => standing.get(type)?.closedAt === null;
  const isAgain = !asked.isAnew && missing.every(isOpen);
  const read = missing.length > 0 ? await known(errand, subject, asked, isAgain) : null;
  const asking = missing.map(async (type): Promise<Composed[]> => {
    const before = standing.get(type) ?? null;
    if (read === null || typeof read === 'string') return [];
    if (before && !asked.isAnew && isValid(errand, before, read)) return [];
    return before?.closedAt === null && !asked.isAnew
      ? [await composeAgain(errand, subject, before, asked, read)]
      : [compose(errand, subject, type, before, asked, read)];
  });
  const composed = (await Promise.all(asking)).flat();
  const after = (type: CheckType) => composed.find((each) => each.type === type)?.check ?? standing.get(type) ?? [];
  const seen = asked.types.flatMap(after).flatMap((each) => seenAs(errand, each, subject));
  const code =
    typeof read === 'string' ? read : (CODES.find((each) => composed.some((one) => one.code === each)) ?? null);
  return { kept: keptAs(asked, code, composed, seen), seen, composed };
}

/** Of several codes, the one that is told: what the asker can do something about comes first. */
const CODES = ['CHOOSE_RESPONDER', 'NO_RESPONDER', 'NOT_SHARED', 'NOT_NOW'];

function keptAs(
  { person }: Asked,
  code: string | null,
  composed: readonly Composed[],
  seen: readonly Seen[] = [],
): KeptPerson {
  const allowed =
    code === 'NOT_KNOWN' || code === 'NO_ADDRESS' ? ['requestChecks'] : composed.flatMap((one) => one.allowedNow);
  return {
    person,
    code,
    allowedNow: [...new Set(allowed)],
    checks: seen.map(({ check }) => check.id),
    choices: composed.flatMap(({ type, choices }) => choices.map((choice) => ({ type, ...choice }))),
    notAsked: composed.flatMap(({ type, notAsked }) =>
      notAsked.map((responder) => ({ type, responder, code: 'NOT_SHARED' })),
    ),
  };
}

/**
 * There is none, none that is open, or one of which somebody gave no answer that counts; or it is not as the asker takes it
 * to be: held, or for another day.
 */
function isMissing(errand: Errand, { release }: Asked, check: Check | null): boolean {
  if (check === null || check.closedAt !== null || check.held !== null) return true;
  if (release !== undefined && release !== check.release) return true;
  return toAskAgain(check, release ?? check.release, momentOf(errand)).length > 0;
}

function isValid({ request }: Errand, check: Check, { release }: Known): boolean {
  return countsOn(check, release ?? request.view.day);
}

/**
 * What a request says of somebody, given or read; or why it cannot be asked.
 * @param isAgain nothing is asked but what was asked before, which has its addresses
 */
async function known(
  errand: Errand,
  subject: NamedSubject,
  { addresses, release }: Asked,
  isAgain: boolean,
): Promise<Known | 'NOT_KNOWN' | 'NO_ADDRESS'> {
  const wanted = { release: release === undefined, address: addresses === null };
  const read = await readValues(errand, subject, wanted);
  const on = release ?? read.release;
  const at = addresses ?? (isAgain && read.addresses === 'unknown' ? [] : read.addresses);
  if (read.name === null || read.dateOfBirth === null || on === 'unknown' || at === 'unknown') return 'NOT_KNOWN';
  const { name, dateOfBirth, tellAddresses, tellAll } = read;
  if (at.length > 0 || isAgain) return { name, dateOfBirth, release: on, addresses: at, tellAddresses, tellAll };
  tellAddresses();
  return 'NO_ADDRESS';
}

/** What was asked before under the key: answered from what is now, of those who may still be seen. */
async function again(
  errand: Errand,
  { kept, isReused }: Repeatable,
  subjects: readonly NamedSubject[],
  asked: readonly Asked[],
): Promise<object> {
  if (!kept) throw new Error('a command that was kept already is not kept');
  if (isReused) return refused(errand, 'IDEMPOTENCY_KEY_REUSED', 'requestChecks');
  const result = resultOf(kept);
  const people = result.people ?? [];
  const checks = await errand.engine.checks.byIds(
    people.flatMap((each) => each.checks),
    kept.id,
  );
  const seen: Seen[] = [];
  const answers = people.map(async (each, index): Promise<KeptPerson> => {
    const subject = subjects.find(({ id }) => id === each.person);
    if (!subject?.decision.permitted) {
      if (subject) addPlace(errand.root, subject, null);
      errand.hold(NOT_OPEN_HOLD_MILLISECONDS);
      return { ...each, code: 'NOTHING_TO_SHOW', allowedNow: [], checks: [], choices: [], notAsked: [] };
    }
    const own = checks.filter(({ id }) => each.checks.includes(id));
    seen.push(...own.flatMap((check) => seenAs(errand, check, subject)));
    const said = asked[index];
    if (each.code !== 'CHOOSE_RESPONDER' || !said) return each;
    const types = said.types.filter((type) => said.isAnew || !own.some((check) => check.type === type));
    return { ...each, choices: await choicesAgain(errand, subject, { ...said, types }) };
  });
  const now = await Promise.all(answers);
  const places = placePeople(errand, seen, selectionOf(errand));
  errand.root.deed = deedOf(result, kept.recorded);
  errand.afterRecorded(() => errand.engine.checks.activate(kept.id));
  return answer(errand, now, seen, places);
}

/** Whom to choose from, of the addresses as they are now. */
async function choicesAgain(errand: Errand, subject: NamedSubject, asked: Asked): Promise<KeptPerson['choices']> {
  const read = await known(errand, subject, asked, false);
  if (typeof read === 'string') return [];
  read.tellAddresses();
  return asked.types.flatMap((type) => {
    const { choices } = concernedBy(read.addresses, type, asked.responders, errand.engine.policy);
    return choices.map((choice) => ({ type, ...choice }));
  });
}

async function answer(
  errand: Errand,
  people: readonly KeptPerson[],
  seen: readonly Seen[],
  places: ReturnType<typeof placePeople>,
): Promise<object> {
  const { bundle } = errand.engine.policy;
  const selection = selectionOf(errand);
  const told = selection ? await tellChecks(errand, seen, places, selection) : [];
  const byId = new Map(seen.map(({ check }, index) => [check.id, told[index]]));
  const results = people.map((each) => ({
    person: each.person,
    ok: each.code === null,
    code: each.code,
    allowedNow: each.allowedNow,
    checks: each.checks.flatMap((id) => byId.get(id) ?? []),
    choices: each.choices,
    notAsked: each.notAsked.map((one) => ({ ...one, desk: bundle.desks.duty.get(one.responder) ?? null })),
  }));
  return { ok: true, code: null, allowedNow: [], results };
}

function refused({ root }: Errand, code: string, ...allowedNow: readonly string[]): object {
  root.deed = { kind: 'message', ok: false, code, reference: null, messages: [], text: null };
  return { ...refusedAs(code, ...allowedNow), results: [] };
}

function selectionOf({ selection }: Errand) {
  return selection.get('results')?.get('checks') ?? undefined;
}
