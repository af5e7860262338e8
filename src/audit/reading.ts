import type { LoggedReason } from './entry.ts';
import type { Logged, LoggedSection } from './logged.ts';

/** Who reads the log. */
export interface Reader {
  readonly partner: string;
  readonly practitioner: string;
  /** Whether it is the lead, who answers to the board of all partners and reads what every one of them may. */
  readonly isLead: boolean;
}

/** People who stand apart for a reader, by their pseudonyms of every epoch. */
export interface Bounds {
  /** Of whom the reader may not know. */
  readonly closed: ReadonlySet<string>;
  /** Whom the reader's partner restricts: it alone may know who asked about them. */
  readonly owned: ReadonlySet<string>;
}

/**
 * What a reader has to do with an entry: their own staff asked or were told, their own data was asked for or sent, both, or
 * neither and it is about somebody whom their partner restricts.
 */
export type Side = 'RECIPIENT' | 'SOURCE' | 'BOTH' | 'OWNER' | 'LEAD';

/** An entry as one reader may read it. What is not theirs to know is null or empty, as if it had never been there. */
export interface Read extends Omit<Logged, 'actor' | 'counts' | 'withheld'> {
  readonly side: Side;
  /** Whether the reader did it themselves. */
  readonly isOwn: boolean;
  readonly actor: {
    readonly practitioner: string | null;
    readonly role: string | null;
    readonly partner: string | null;
    readonly client: string | null;
  } | null;
  /** Counted from the entries of the same operation that the reader may read. */
  readonly counts: { readonly subjects: number; readonly shown: number } | null;
  readonly withheld: readonly {
    readonly field: string;
    readonly holder: string | null;
    /** What the caller was told. */
    readonly told: string | null;
    /** The true reason, for the holder and the lead. */
    readonly reason: LoggedReason | null;
  }[];
}

/** What policy says of what was released: whose it is, and what kind of information. */
export interface Releases {
  /** The data class of a coordinate, such as `Custody.releaseDate`; null where policy does not know it any more. */
  classOf(coordinate: string): string | null;
  /** Those who hold data of the kind of a coordinate. */
  holdersOf(coordinate: string): readonly string[];
  /** Reference of an agreement to its holders, and the legal gateways that it stands on. */
  readonly agreements: ReadonlyMap<string, { readonly holders: readonly string[]; readonly powers: readonly string[] }>;
}

/**
 * The entries that a reader may read, in their order, each cut to what the reader's side may know (AUDIT-03): of their
 * own staff what the staff were told, of their own data the true reasons, to the lead all of it. Nothing to anybody else.
 *
 * Whoever is in `closed` was never there (SHARE-06): an operation is recounted from the people who are left, and gone
 * when nobody is. A search about them reads as one that named nobody, since that is how it was answered. To whoever made
 * it, every search does: by looking twice they would else learn of whom no look can be found.
 *
 * @param entries whole operations: beside each entry all others with its request id, and those of the operation that a
 *   review or a deed is about
 */
export function asReadBy(reader: Reader, entries: readonly Logged[], bounds: Bounds, releases: Releases): Read[] {
  const operations = Map.groupBy(entries, ({ requestId }) => requestId);
  const isClosed = ({ subject }: Logged) => subject !== null && bounds.closed.has(subject.ref);
  /** Whether an operation was about people, and all of them are closed. */
  const isGone = (requestId: string) => {
    const people = (operations.get(requestId) ?? []).filter(
      ({ kind, subject }) => subject !== null && kind !== 'search',
    );
    return people.length > 0 && people.every(isClosed);
  };
  /** How many names that look gave, without those closed. */
  const namesLeft = ({ requestId, reference }: Logged) => {
    const given = (operations.get(requestId) ?? []).filter(
      (other) => other.field === NAMES && other.reference === reference && !isClosed(other),
    );
    return new Set(given.flatMap(({ subject }) => subject?.ref ?? [])).size;
  };
  const isHidden = (entry: Logged) => isClosed(entry) || operationsMeant(entry).some(isGone);
  const read = (entry: Logged, people: readonly Logged[] | null = null) => cut(reader, entry, people, bounds, releases);

  return entries.flatMap((entry) => {
    if (entry.kind === 'search' && entry.field === NAMES) {
      return isClosed(entry) ? [] : read({ ...entry, found: entry.subject ? entry.found : namesLeft(entry) });
    }
    if (entry.kind === 'search') return read(isClosed(entry) ? namingNobody(entry) : entry);
    if (isHidden(entry)) return [];
    if (entry.subject !== null || !OF_REQUESTS.has(entry.kind)) return read(entry);
    const about = (operations.get(entry.requestId) ?? []).filter(isAboutSomebody);
    const open = about.filter((other) => !isHidden(other));
    return about.length > 0 && open.length === 0 ? [] : read(entry, open);
  });
}

/** The operations that an entry is about: a break-glass has the id of the request that asked for it. */
export function operationsMeant({ kind, breakGlass, deed }: Logged): string[] {
  return [kind === 'review' ? breakGlass : null, deed?.reference ?? null].flatMap((id) => id ?? []);
}

const OF_REQUESTS: ReadonlySet<string> = new Set(['request', 'refusal', 'explanation', 'watch']);
const OF_PEOPLE: ReadonlySet<string> = new Set(['disclosure', 'refusal', 'explanation', 'watch']);

/** The root field whose look has an entry for each name that it gave, besides its own. */
const NAMES = 'names';
/** The root field that opens a case of flags. */
const CASE = 'flagCase';

function isAboutSomebody({ kind, subject }: Logged): boolean {
  return kind !== 'search' && (subject !== null || kind === 'review');
}

/** A case of flags that names nobody is none: a look into it has no reference. */
function namingNobody(search: Logged): Logged {
  return { ...search, subject: null, found: 0, ...(search.field === CASE && { reference: null }) };
}

/** @param people of the same operation, for the entry of a request; null for every other */
function cut(
  reader: Reader,
  entry: Logged,
  people: readonly Logged[] | null,
  { owned }: Bounds,
  releases: Releases,
): Read[] {
  const isAsker = entry.actor !== null && entry.actor.partner === reader.partner;
  const isRecipient = entry.recipient === null ? isAsker : wasTold(entry, reader.partner);
  const isSource = holdersIn(entry).has(reader.partner) || isSender(entry, reader.partner);
  const isOwner = entry.subject !== null && owned.has(entry.subject.ref);
  if (!reader.isLead && !isRecipient && !isSource && !isOwner) return [];

  const { isLead, partner } = reader;
  const isOwn = isAsker && entry.actor.practitioner === reader.practitioner;
  const isSearch = entry.kind === 'search';
  const isMine = (holder: string | null) => holder === partner;
  // How somebody came to the gateway is for their own partner.
  const seesAsker = isLead || isAsker;
  const seesTold = isLead || isRecipient;
  const released = seesTold ? entry.released : entry.released.filter((field) => isMine(holderOf(field)));
  const sources = people && (isLead ? askedIn(people) : isRecipient ? releasedBy(people) : []);
  // The recipient of a constant answer learns nothing that the answer did not tell.
  const seesReasons = isLead || isSource || isOwner;
  const seesRelationship = seesReasons || entry.outcome !== 'nothing-to-show';
  const own = new Set(
    entry.agreements.filter((reference) => releases.agreements.get(reference)?.holders.includes(partner)),
  );
  const ownPowers = new Set([...own].flatMap((reference) => releases.agreements.get(reference)?.powers ?? []));
  const ownClasses = new Set(released.map((field) => releases.classOf(coordinateOf(field))));
  return [
    {
      ...entry,
      side: isLead ? 'LEAD' : sideOf(isRecipient, isSource),
      isOwn,
      subject: isSearch && isOwn ? null : entry.subject,
      // What a search about nobody by name finds depends on whom its maker may know of.
      found: isSearch && !isOwn && entry.subject === null && entry.field !== NAMES ? null : entry.found,
      actor: entry.actor && {
        practitioner: entry.actor.practitioner,
        role: entry.actor.role,
        partner: entry.actor.partner,
        client: seesAsker ? entry.actor.client : null,
      },
      trace: seesAsker ? entry.trace : null,
      network: seesAsker ? entry.network : null,
      operation: seesAsker ? entry.operation : null,
      processing: sources && SHARED.has(entry.processing ?? '') ? sharing(sources) : entry.processing,
      reasons: isLead
        ? entry.reasons
        : seesReasons
          ? entry.reasons.filter((reason) => !isOthersRestriction(reason, partner))
          : [],
      relationship: seesRelationship ? entry.relationship : null,
      sources: sources ?? [],
      counts: people && {
        subjects: people.filter((each) => OF_PEOPLE.has(each.kind) && isAnswer(each)).length,
        shown: people.filter((each) => each.kind === 'disclosure' && isAnswer(each)).length,
      },
      agreements: seesTold ? entry.agreements : entry.agreements.filter((reference) => own.has(reference)),
      basis: seesTold ? entry.basis : entry.basis.filter((power) => ownPowers.has(power)),
      classes: seesTold ? entry.classes : entry.classes.filter((name) => ownClasses.has(name)),
      sections: isLead
        ? entry.sections
        : entry.sections.filter((section) => isMine(section.holder) || (isRecipient && wasShown(section, released))),
      released,
      // Whose restriction it is about learns who was told, and not who else was named.
      thirdParties: seesTold || isSource ? entry.thirdParties : [],
      withheld: entry.withheld.flatMap(({ field, holder, told, reason }): Read['withheld'][number][] => {
        // What no holder may show is logged of none; whoever is a party to the entry reads it of their own kind of data.
        const isOurs = isMine(holder) || (isSource && holder === null && releases.holdersOf(field).includes(partner));
        if (isLead || isOurs) return [{ field, holder, told, reason }];
        // A caller is told whose it was only where somebody else's was shown; it is not repeated here.
        return isRecipient && told !== null ? [{ field, holder: null, told, reason: null }] : [];
      }),
    },
  ];
}

function sideOf(isRecipient: boolean, isSource: boolean): Side {
  if (isRecipient) return isSource ? 'BOTH' : 'RECIPIENT';
  return isSource ? 'SOURCE' : 'OWNER';
}

/** `holder|Type.field` */
export function holderOf(released: string): string | null {
  const bar = released.indexOf('|');
  return bar < 0 ? null : released.slice(0, bar);
}

export function coordinateOf(released: string): string {
  return released.slice(released.indexOf('|') + 1);
}

/** Another partner that was told. What was not sent told it nothing. */
function wasTold({ recipient, outcome }: Logged, partner: string): boolean {
  return recipient?.partner === partner && outcome === 'shown';
}

/** Whoever would have told another partner, whether or not both keys let them. */
function isSender({ recipient, actor }: Logged, partner: string): boolean {
  return recipient !== null && recipient.partner !== partner && actor?.partner === partner;
}

/** What another partner was told besides is no part of the answer to the request. */
function isAnswer({ recipient }: Logged): boolean {
  return recipient === null;
}

/** Those whose data an entry tells of, or says that it was withheld. */
function holdersIn({ released, withheld, sections }: Logged): ReadonlySet<string | null> {
  return new Set([
    ...released.map(holderOf),
    ...withheld.map(({ holder }) => holder),
    ...sections.map(({ holder }) => holder),
  ]);
}

function askedIn(people: readonly Logged[]): string[] {
  return sorted(people.flatMap(({ sections }) => sections.flatMap(({ holder, asked }) => (asked && holder) || [])));
}

function releasedBy(people: readonly Logged[]): string[] {
  const answers = people.filter(isAnswer);
  return sorted(answers.flatMap(({ released }) => released.flatMap((field) => holderOf(field) ?? [])));
}

/** Section 62(1) has a word for one source and one for several: it must not count more of them than the reader may. */
const SHARED: ReadonlySet<string> = new Set(['consultation', 'combination']);

function sharing(sources: readonly string[]): string {
  return sources.length > 1 ? 'combination' : 'consultation';
}

/** Nobody but its owner is told of a restriction, whoever it let pass; of a practitioner's own tie no officer by the log. */
export function isOthersRestriction({ gate, ref }: LoggedReason, partner: string): boolean {
  return gate === 'restriction' && ref !== partner;
}

/** A section that gave the caller something. Of any other, whether it was told at all depended on who asked. */
function wasShown({ holder, status }: LoggedSection, released: readonly string[]): boolean {
  return (status === 'AVAILABLE' || status === 'STALE') && released.some((field) => holderOf(field) === holder);
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
