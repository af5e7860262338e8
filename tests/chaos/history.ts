import { createHash } from 'node:crypto';

/** What one client was told, and what it had asked. */
export interface Answer {
  readonly requestId: string;
  readonly status: number;
  /** Of the refusal; null for an answer. */
  readonly code: string | null;
  /** Whether there was anything in it besides errors. */
  readonly hasData: boolean;
  /** One for each person asked about: the pseudonym under which the log must speak of them. */
  readonly people: readonly Told[];
}

export interface Told {
  readonly subject: string;
  /** Coordinates of what was asked for, and of what came and was no null; `told` is null for the constant answer. */
  readonly asked: readonly string[];
  readonly told: readonly string[] | null;
}

/** A checkpoint as a gateway showed it, its signature found good. */
export interface Sight {
  /** Which process showed it. */
  readonly gateway: string;
  readonly size: number;
  readonly root: string;
  /** The largest that anybody had seen before this process was started. */
  readonly floor: number;
}

/** The log as it lies in the database in the end. Hashes are in base64. */
export interface Log {
  readonly entries: readonly { readonly index: number; readonly body: Buffer }[];
  readonly leaves: readonly { readonly index: number; readonly id: string; readonly hash: string }[];
  readonly head: { readonly size: number; readonly root: string };
  readonly checkpoints: readonly { readonly size: number; readonly root: string }[];
}

/** All that happened, as seen from outside. */
export interface History {
  /** In no order. */
  readonly answers: readonly Answer[];
  /** In order. */
  readonly sights: readonly Sight[];
}

/**
 * Everything in which a log does not fit what was seen of it: AUDIT-01, one entry and not two, numbers without a gap, one
 * tree that only grew. What nobody was told may be in the log as well: an answer can be lost.
 * @returns sentences; none for a good history
 */
export function anomaliesOf(history: History, log: Log): string[] {
  const roots = rootsOf(log.entries.map(({ body }) => leafOf(body)));
  return [
    ...wrongPlaces(log),
    ...wrongTrees(log, roots),
    ...wrongSights(history.sights, roots),
    ...wrongAnswers(history.answers, log),
  ];
}

/** What is read of an entry. */
interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly requestId?: string;
  readonly outcome?: string;
  readonly status?: number;
  readonly counts?: { readonly subjects: number; readonly shown: number };
  readonly subject?: { readonly ref: string };
  readonly released?: readonly string[];
}

function wrongPlaces({ entries, leaves, head }: Log): string[] {
  const ids = entries.map(({ body }) => (JSON.parse(body.toString()) as Entry).id);
  return [
    ...entries.flatMap(({ index }, place) =>
      index === place ? [] : [`the entry at place ${place} has index ${index}`],
    ),
    ...leaves.flatMap(({ index }, place) => (index === place ? [] : [`the leaf at place ${place} has index ${index}`])),
    ...twice(ids).map((id) => `entry ${id} is in the log twice`),
    ...entries.flatMap(({ body }, place) =>
      leaves[place]?.id === ids[place] && leaves[place]?.hash === leafOf(body).toString('base64')
        ? []
        : [`the leaf at place ${place} is not that of its entry`],
    ),
    ...(leaves.length > entries.length ? [`there are ${leaves.length} leaves of ${entries.length} entries`] : []),
    ...(head.size === entries.length ? [] : [`the head is of ${head.size}, and there are ${entries.length} entries`]),
  ];
}

function wrongTrees({ head, checkpoints }: Log, roots: readonly string[]): string[] {
  return [
    ...(roots[head.size] === head.root ? [] : [`the head of ${head.size} has another root`]),
    ...checkpoints.flatMap(({ size, root }) =>
      roots[size] === root ? [] : [`the kept checkpoint of ${size} is not of this log`],
    ),
  ];
}

function wrongSights(sights: readonly Sight[], roots: readonly string[]): string[] {
  const shown = new Map<string, number>();
  return sights.flatMap(({ gateway, size, root, floor }) => {
    const before = shown.get(gateway) ?? floor;
    shown.set(gateway, Math.max(before, size));
    return [
      ...(size < before ? [`${gateway} showed a checkpoint of ${size} after one of ${before} had been seen`] : []),
      ...(roots[size] === root ? [] : [`the checkpoint of ${size} that ${gateway} showed is not of this log`]),
    ];
  });
}

function wrongAnswers(answers: readonly Answer[], { entries }: Log): string[] {
  const byRequest = new Map<string, Entry[]>();
  for (const { body } of entries) {
    const entry = JSON.parse(body.toString()) as Entry;
    if (entry.requestId === undefined) continue;
    const others = byRequest.get(entry.requestId);
    if (others) others.push(entry);
    else byRequest.set(entry.requestId, [entry]);
  }
  const heard = new Set(answers.map(({ requestId }) => requestId));
  return [
    ...twice(answers.map(({ requestId }) => requestId)).map((id) => `two answers have the request id ${id}`),
    ...answers.flatMap((answer) => wrongAnswer(answer, byRequest.get(answer.requestId) ?? [])),
    // What nobody heard is recorded once as well.
    ...[...byRequest].flatMap(([id, found]) => (heard.has(id) ? [] : wrongCount(id, found))),
  ];
}

const NOT_DELIVERED = 'not-delivered';
/** The one answer that needs no entry: it says that none could be made. */
const UNRECORDED = 'AUDIT_UNAVAILABLE';

function wrongAnswer(answer: Answer, entries: readonly Entry[]): string[] {
  const { requestId, status, code, hasData, people } = answer;
  if (code !== null && hasData) return [`${requestId} was refused, and shows something`];
  const counted = wrongCount(requestId, entries);
  if (code === UNRECORDED) return status === 503 ? counted : [`${requestId} is unrecorded, with status ${status}`];
  const operation = entries.find(isOperation);
  if (!operation) return [`${requestId} was answered (${code ?? status}) and is not in the log`];
  const subjects = entries.filter(({ subject }) => subject);
  const expected = code ?? 'answered';
  const shown = new Set(people.flatMap(({ subject, told }) => (told ? [subject] : []))).size;
  return [
    ...counted,
    ...(operation.outcome === expected && operation.status === status
      ? []
      : [`${requestId} was told ${expected} ${status}; its entry says ${operation.outcome} ${operation.status}`]),
    ...(entries.some(({ outcome }) => outcome === NOT_DELIVERED)
      ? [`${requestId} was heard, and an entry says that it was not delivered`]
      : []),
    ...(code !== null || operation.counts?.shown === shown
      ? []
      : [`${requestId} showed ${shown}; its entry counts ${operation.counts?.shown}`]),
    ...people.flatMap((person) => wrongPerson(requestId, person, subjects)),
    ...subjects.flatMap(({ subject, outcome }) =>
      outcome !== 'shown' || people.some((person) => person.subject === subject?.ref)
        ? []
        : [`${requestId} has an entry for somebody who was not asked about`],
    ),
  ];
}

function wrongPerson(requestId: string, { subject, asked, told }: Told, entries: readonly Entry[]): string[] {
  const entry = entries.find((one) => one.subject?.ref === subject);
  if (!entry) return [`${requestId} answered about somebody without an entry`];
  const released = entry.released ?? [];
  if (told === null) {
    return entry.kind === 'refusal' && released.length === 0
      ? []
      : [`${requestId} told nothing of somebody; the entry is a ${entry.kind}`];
  }
  const missing = told.filter((field) => !released.includes(field));
  const extra = released.filter((field) => !asked.includes(field));
  return [
    ...(entry.kind === 'disclosure' ? [] : [`${requestId} showed somebody; the entry is a ${entry.kind}`]),
    ...(missing.length > 0 ? [`${requestId} showed ${missing.join(', ')}, which the entry lacks`] : []),
    ...(extra.length > 0 ? [`the entry of ${requestId} has ${extra.join(', ')}, which was not asked for`] : []),
  ];
}

/** One entry for the operation, one for each person, and at most one that it was not delivered, after them. */
function wrongCount(requestId: string, entries: readonly Entry[]): string[] {
  const operations = entries.filter(isOperation).length;
  const lost = entries.filter(({ outcome }) => outcome === NOT_DELIVERED).length;
  const people = entries.flatMap(({ subject }) => (subject ? [subject.ref] : []));
  return [
    ...(operations > 1 || (operations === 0 && entries.length > 0)
      ? [`${requestId} has ${operations} entries of its own`]
      : []),
    ...(lost > 1 || (lost === 1 && entries.at(-1)?.outcome !== NOT_DELIVERED)
      ? [`${requestId} is said more than once, or too soon, not to be delivered`]
      : []),
    ...(twice(people).length > 0 ? [`${requestId} has two entries for one person`] : []),
  ];
}

function isOperation({ subject, outcome }: Entry): boolean {
  return subject === undefined && outcome !== NOT_DELIVERED;
}

function twice(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(values.filter((value) => seen.size === seen.add(value).size))];
}

function leafOf(body: Buffer): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(body).digest();
}

/** Root of the tree of each size, in base64: RFC 6962 section 2.1. */
function rootsOf(leaves: readonly Buffer[]): string[] {
  const node = (left: Buffer, right: Buffer) =>
    createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
  const roots = [createHash('sha256').digest('base64')];
  const peaks: Buffer[] = [];
  for (const [place, leaf] of leaves.entries()) {
    let top = leaf;
    for (let rest = place; rest % 2 === 1; rest = (rest - 1) / 2) top = node(peaks.pop() ?? top, top);
    peaks.push(top);
    roots.push(peaks.reduceRight((right, left) => node(left, right)).toString('base64'));
  }
  return roots;
}
