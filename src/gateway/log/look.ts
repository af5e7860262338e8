import type { LogFilter, LogReader, LogRow, Span } from '../../audit/log-reader.ts';
import { parseLogged } from '../../audit/logged.ts';
import { asReadBy, type Bounds, operationsMeant, type Read, type Reader, type Releases } from '../../audit/reading.ts';
import { GatewayError } from '../../errors.ts';
import { checkIdentifier } from '../../policy/identifier.ts';
import type { PlainIdentifier } from '../../record/log-people.ts';
import type { SubjectReference } from '../../record/subjects.ts';
import { ANY_PARTNER } from '../break-glass-review.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import { boundsOf } from './closed.ts';

/** Entries that one answer is made of, at most. */
const LARGEST_LOOK = 10_000;
/** Rows that are read at a time. */
const ROWS = 1_000;

/** A look into the log by somebody whom policy lets look: what they may read there, and what was never there for them. */
export interface Look extends Bounds {
  readonly log: LogReader;
  readonly reader: Reader;
  readonly releases: Releases;
  /** Rows as the reader may read them, in their order. */
  read(rows: readonly LogRow[]): Promise<Read[]>;
  /**
   * Everything about somebody that the filter lets through and the reader may read, oldest first; or, where that is more
   * than one answer is made of, more than that. What the reader may not read is in no count.
   */
  readAll(asked: LogFilter): Promise<Read[]>;
  /** Which of the entries' requests were answered to somebody who had gone. */
  lost(reads: readonly Read[]): Promise<ReadonlySet<string>>;
}

/**
 * The look is noted from here on: one that is refused or breaks off half-way is an entry too.
 * @param span of which something is asked; null for none
 * @throws GatewayError STORE_UNAVAILABLE, also where the gateway was not given a login that may read the log
 */
export async function startLook(errand: Errand, span: Span | null): Promise<Look> {
  const { engine, request } = errand;
  const { logReader: log, logPeople, policy } = engine;
  const { principal, view, pseudonyms, signal } = request;
  if (log === null)
    throw new GatewayError('STORE_UNAVAILABLE', 'This gateway cannot read the log: its operator sets that up.');
  noteLook(errand, span);
  const { partner, practitioner } = principal;
  const reader = { partner, practitioner, isLead: view.role.name === ANY_PARTNER };
  const bounds = await boundsOf(logPeople, principal, view.day, pseudonyms);
  const releases = releasesOf(policy);
  const parse = (rows: readonly LogRow[]) => rows.flatMap(({ body }) => parseLogged(body) ?? []);
  const operations = async (ids: readonly (string | null)[]) =>
    parse(await log.byRequests([...new Set(ids.filter((id) => id !== null && UUID.test(id)) as string[])]));

  async function read(rows: readonly LogRow[]): Promise<Read[]> {
    // Whoever looks for what is nowhere would have the whole log looked through.
    if (signal.aborted)
      throw new GatewayError('TOO_COMPLEX', 'It takes too long to look for that: ask about fewer days.');
    const entries = parse(rows);
    // Only the entry of a request depends on what stands beside it, and only a review or a deed on what it is about.
    const beside = await operations(entries.map(({ subject, requestId }) => (subject === null ? requestId : null)));
    const reviewed = await operations([...entries, ...beside].flatMap(operationsMeant));
    const whole = new Map([...entries, ...beside, ...reviewed].map((entry) => [entry.id, entry]));
    const reads = new Map(asReadBy(reader, [...whole.values()], bounds, releases).map((each) => [each.id, each]));
    return entries.flatMap(({ id }) => reads.get(id) ?? []);
  }

  return {
    log,
    reader,
    ...bounds,
    releases,
    read,
    async readAll(asked) {
      const reads: Read[] = [];
      for (let before: number | null = null; reads.length <= LARGEST_LOOK; ) {
        const rows: readonly LogRow[] = await log.page({ ...asked, ...(before !== null && { before }) }, ROWS);
        reads.push(...(await read(rows)).filter(({ subject }) => subject !== null));
        const oldest = rows.at(-1)?.index;
        if (oldest === undefined || rows.length < ROWS) break;
        before = oldest;
      }
      return reads.reverse();
    },
    async lost(reads) {
      const ids = new Set(reads.flatMap(({ requestId }) => requestId ?? []));
      const requests = parse(await log.byRequests([...ids], 'request'));
      return new Set(requests.flatMap(({ outcome, requestId }) => (outcome === 'not-delivered' && requestId) || []));
    },
  };
}

/** Whom an identifier names, and every pseudonym under which the log may speak of them. */
export interface Whom {
  /** Null for nobody, and for somebody of whom the reader may not know: the same is done for both, and found of both. */
  readonly person: string | null;
  readonly refs: readonly string[];
}

/**
 * By a number that the reader's own partner knows people by; the lead by any. People keep their former numbers here, and
 * what was asked by a number before anybody had it is theirs too.
 * @throws GatewayError BAD_IDENTIFIER, decided before anything is looked up
 */
export async function whomOf(errand: Errand, { reader, closed }: Look, identifier: PlainIdentifier): Promise<Whom> {
  const { engine, request } = errand;
  const { principal, view, pseudonyms } = request;
  errand.hold(HOLD_MILLISECONDS);
  const asked = referenceTo(identifier, engine, reader);
  const [facts] = await engine.subjects.read(principal, [asked], view.day);
  const person = facts?.person ?? null;
  amendLook(errand, { person });
  const isOpen = person !== null && !pseudonyms.everyOfPerson(person).some(({ ref }) => closed.has(ref));
  const refs = await refsOf({ engine, request }, isOpen ? person : NOBODY, identifier);
  return { person: isOpen ? person : null, refs };
}

/** Every pseudonym, of every epoch, of a person and of the numbers that are surely theirs, a given one among them. */
export async function refsOf(
  { engine, request: { pseudonyms } }: Pick<Errand, 'engine' | 'request'>,
  person: string,
  ...given: readonly PlainIdentifier[]
): Promise<string[]> {
  const known = await engine.logPeople.identifiersOf(person);
  const numbers = known.filter(({ type, confidence }) => confidence >= thresholdOf(engine.policy, type));
  const names = [
    ...pseudonyms.everyOfPerson(person),
    ...[...given, ...numbers].flatMap(({ type, value }) => pseudonyms.everyOfIdentifier(type, value)),
  ];
  return [...new Set(names.map(({ ref }) => ref))];
}

/** Whom a number names takes no longer to be told of than that it names nobody. */
const HOLD_MILLISECONDS = 50;

/** No person's key: to look for nobody costs what it costs to look for somebody. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** @throws GatewayError BAD_IDENTIFIER naming what would be right */
export function referenceTo(
  { type, value }: PlainIdentifier,
  { policy, keyField }: Errand['engine'],
  { partner, isLead }: Reader,
): SubjectReference {
  const source = policy.territory.holders.find(({ code }) => code === partner)?.source;
  const types = [...policy.bundle.identifiers.values()].filter(
    ({ key }) => isLead || (source !== undefined && key === keyField.get(source)),
  );
  const known = types.find(({ name }) => name === type);
  if (known === undefined) {
    throw new GatewayError(
      'BAD_IDENTIFIER',
      types.length > 0
        ? `In the log your role can look people up by: ${types.map(({ name }) => name).join(', ')}.`
        : 'Your partner has no number of its own by which to look somebody up in the log.',
    );
  }
  if (!checkIdentifier(known, value)) {
    throw new GatewayError('BAD_IDENTIFIER', `That is not a ${known.label}. One looks like ${known.example}.`);
  }
  // The lead holds nothing: a number of theirs is whose it is anywhere.
  const holder = known.issuedBy === 'holder' && !isLead ? partner : null;
  return { by: 'identifier', type, value, holder, confidence: thresholdOf(policy, type) };
}

/** A link with less confidence may be somebody else's number. */
export function thresholdOf({ bundle, territory }: Errand['engine']['policy'], type: string): number {
  const key = bundle.identifiers.get(type)?.key;
  const sections = territory.sections.filter(({ keyField }) => keyField === key);
  return Math.max(...sections.map(({ field }) => bundle.sections.get(field)?.matchThreshold ?? 1));
}

/** @throws GatewayError BAD_USER_INPUT */
export function spanOf({ from, to }: { readonly from: string; readonly to: string }): Span {
  const span = { from: new Date(from), to: new Date(to) };
  if (span.from >= span.to) throw new GatewayError('BAD_USER_INPUT', '"to" must be later than "from".');
  return span;
}

/** @throws GatewayError TOO_COMPLEX */
export function checkSize(reads: readonly Read[]): void {
  if (reads.length <= LARGEST_LOOK) return;
  throw new GatewayError('TOO_COMPLEX', `One answer is made of ${LARGEST_LOOK} entries at most: ask about fewer days.`);
}

/** What the log will say of the look itself: whom it was about, as soon as that is known, and how much it found. */
export function amendLook({ root }: Errand, known: { readonly person?: string | null; readonly found?: number }): void {
  if (root.deed?.kind === 'search') root.deed = { ...root.deed, ...known };
}

function noteLook({ root }: Errand, span: Span | null): void {
  root.deed = {
    kind: 'search',
    ok: true,
    code: null,
    reference: null,
    person: null,
    from: span?.from.toISOString() ?? null,
    to: span?.to.toISOString() ?? null,
    found: 0,
  };
}

export function releasesOf({ bundle, territory, holdersOf }: Errand['engine']['policy']): Releases {
  const { classOf, classes, messages, agreements } = bundle;
  const sourceOf = new Map(
    territory.sections.flatMap(({ coordinates, source }) => coordinates.map((each) => [each, source])),
  );
  const byIdentifier = new Map<string, string>(
    [...classes.values()].flatMap(({ name, identifiers }) =>
      identifiers.map((type) => [`Person.identifiers:${type}`, name] as const),
    ),
  );
  return {
    classOf: (coordinate) =>
      classOf.get(coordinate) ?? byIdentifier.get(coordinate) ?? messages.get(coordinate) ?? null,
    holdersOf: (coordinate) => holdersOf.get(sourceOf.get(coordinate) ?? '') ?? [],
    agreements: new Map(agreements.map((agreement) => [agreement.reference, agreement])),
  };
}
