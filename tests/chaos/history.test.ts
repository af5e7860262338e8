import { describe, expect, test } from 'vitest';
import { treeHash } from '../audit/naive.ts';
import { type Answer, anomaliesOf, type History, type Log, type Sight } from './history.ts';

const NAME = 'prison|Custody.status';
const DATE = 'prison|Custody.releaseDate';

type Content = Readonly<Record<string, unknown>>;

const request = (requestId: string, facts: Content = {}): Content => ({
  kind: 'request',
  requestId,
  outcome: 'answered',
  status: 200,
  counts: { subjects: 1, shown: 1 },
  ...facts,
});
const disclosure = (requestId: string, ref: string, released: readonly string[] = [NAME]): Content => ({
  kind: 'disclosure',
  requestId,
  outcome: 'shown',
  subject: { ref },
  released,
});

const LOG: readonly Content[] = [
  { kind: 'start' },
  request('one'),
  disclosure('one', 'a'),
  request('two', { counts: { subjects: 2, shown: 1 } }),
  disclosure('two', 'b', [NAME, DATE]),
  { kind: 'refusal', requestId: 'two', outcome: 'nothing-to-show', subject: { ref: 'c' }, released: [] },
  { kind: 'refusal', requestId: 'three', outcome: 'UNAUTHENTICATED', status: 401, counts: { subjects: 0, shown: 0 } },
  request('lost'),
  disclosure('lost', 'a'),
  request('lost', { outcome: 'not-delivered', counts: { subjects: 0, shown: 0 } }),
  { kind: 'stop' },
];
const ONE: Answer = {
  requestId: 'one',
  status: 200,
  code: null,
  hasData: true,
  people: [{ subject: 'a', asked: [NAME, DATE], told: [NAME] }],
};
const ANSWERS: readonly Answer[] = [
  ONE,
  {
    requestId: 'two',
    status: 200,
    code: null,
    hasData: true,
    people: [
      { subject: 'b', asked: [NAME, DATE], told: [NAME] },
      { subject: 'c', asked: [NAME, DATE], told: null },
    ],
  },
  { requestId: 'three', status: 401, code: 'UNAUTHENTICATED', hasData: false, people: [] },
  { requestId: 'four', status: 503, code: 'AUDIT_UNAVAILABLE', hasData: false, people: [] },
];

function bodiesOf(contents: readonly Content[]): Buffer[] {
  return contents.map((content, n) => Buffer.from(JSON.stringify({ id: `id-${n}`, ...content })));
}

/** The log of these entries, with a checkpoint of each of these sizes. */
function logOf(contents: readonly Content[], sizes: readonly number[] = [1, 4, 11]): Log {
  const bodies = bodiesOf(contents);
  const root = (size: number) => treeHash(bodies.slice(0, size)).toString('base64');
  return {
    entries: bodies.map((body, index) => ({ index, body })),
    leaves: bodies.map((body, index) => ({
      index,
      id: JSON.parse(body.toString()).id,
      hash: treeHash([body]).toString('base64'),
    })),
    head: { size: bodies.length, root: root(bodies.length) },
    checkpoints: sizes.map((size) => ({ size, root: root(size) })),
  };
}

const LOGGED = logOf(LOG);
const sight = (gateway: string, size: number, floor = 0): Sight => ({
  gateway,
  size,
  floor,
  root: treeHash(bodiesOf(LOG).slice(0, size)).toString('base64'),
});
const HISTORY: History = {
  answers: ANSWERS,
  sights: [sight('x', 1), sight('y', 4), sight('x', 4), sight('y', 4), sight('x again', 11, 4)],
};

test('a good history has no anomaly', () => {
  expect(anomaliesOf(HISTORY, LOGGED)).toEqual([]);
});

describe('an anomaly is', () => {
  const without = (place: number) => LOG.toSpliced(place, 1);
  const withAnswer = (changed: Partial<Answer>) => ({ ...HISTORY, answers: [{ ...ONE, ...changed }] });

  test.each<[string, string, History, Log]>([
    ['an answer without an entry', 'one was answered (200) and is not in the log', HISTORY, logOf(LOG.toSpliced(1, 2))],
    ['a refusal without an entry', 'three was answered (UNAUTHENTICATED) and is', HISTORY, logOf(without(6))],
    ['a person shown without an entry', 'one answered about somebody without', HISTORY, logOf(without(2))],
    ['entries of people without that of the operation', 'lost has 0 entries of its own', HISTORY, logOf(without(7))],
    ['an operation recorded twice', 'one has 2 entries of its own', HISTORY, logOf([...LOG, request('one')])],
    ['a person recorded twice', 'one has two entries for one', HISTORY, logOf([...LOG, disclosure('one', 'a')])],
    ['somebody recorded who was not asked about', 'not asked about', HISTORY, logOf([...LOG, disclosure('one', 'z')])],
    ['another outcome', 'one was told answered 200; its', HISTORY, logOf(LOG.with(1, request('one', { status: 400 })))],
    [
      'another count',
      'one showed 1; its entry counts 2',
      HISTORY,
      logOf(LOG.with(1, request('one', { counts: { subjects: 2, shown: 2 } }))),
    ],
    [
      'a field shown and not recorded',
      `one showed ${NAME}, which`,
      HISTORY,
      logOf(LOG.with(2, disclosure('one', 'a', []))),
    ],
    [
      'a field recorded that nobody asked for',
      'Custody.x, which was not asked for',
      HISTORY,
      logOf(LOG.with(2, disclosure('one', 'a', [NAME, 'prison|Custody.x']))),
    ],
    [
      'nothing told, and something recorded',
      'one told nothing of somebody; the entry is a disclosure',
      withAnswer({ people: [{ subject: 'a', asked: [], told: null }] }),
      LOGGED,
    ],
    ['data in a refusal', 'shows something', withAnswer({ status: 503, code: 'AUDIT_UNAVAILABLE' }), LOGGED],
    [
      'an unrecorded answer of another status',
      'one is unrecorded, with status 200',
      withAnswer({ code: 'AUDIT_UNAVAILABLE', hasData: false }),
      LOGGED,
    ],
    [
      'one said not to be delivered that was',
      'one was heard',
      HISTORY,
      logOf([...LOG, request('one', { outcome: 'not-delivered' })]),
    ],
    ['one twice said not to be delivered', 'more than once', HISTORY, logOf([...LOG, LOG[9] ?? {}])],
    ['a request id used twice', 'two answers', { ...HISTORY, answers: [ONE, ONE] }, LOGGED],
    [
      'an id in the log twice',
      'entry id-0 is in the log twice',
      HISTORY,
      logOf([...LOG, { id: 'id-0', kind: 'stop' }]),
    ],
    [
      'a gap',
      'the entry at place 3 has index 4',
      HISTORY,
      { ...LOGGED, entries: LOGGED.entries.map(({ index, body }) => ({ index: index > 2 ? index + 1 : index, body })) },
    ],
    ['a leaf that is missing', 'the leaf at place 10', HISTORY, { ...LOGGED, leaves: LOGGED.leaves.slice(0, 10) }],
    ['an entry that is missing', '11 leaves of 10', HISTORY, { ...LOGGED, entries: LOGGED.entries.slice(0, 10) }],
    ['a head of another size', 'the head is of 3', HISTORY, { ...LOGGED, head: { ...LOGGED.head, size: 3 } }],
    ['a head of another root', 'the head of 11 has', HISTORY, { ...LOGGED, head: { size: 11, root: 'x' } }],
    [
      'a kept checkpoint of another tree',
      'the kept checkpoint of 4 is',
      HISTORY,
      { ...LOGGED, checkpoints: [{ size: 4, root: 'x' }] },
    ],
    [
      'a checkpoint of a tree that is gone',
      'the checkpoint of 4 that x showed',
      { ...HISTORY, sights: [{ ...sight('x', 4), root: 'x' }] },
      LOGGED,
    ],
    [
      'a checkpoint past the end',
      'the checkpoint of 12 that x showed',
      { ...HISTORY, sights: [{ ...sight('x', 4), size: 12 }] },
      LOGGED,
    ],
    [
      'a gateway going back',
      'showed a checkpoint of 1 after',
      { ...HISTORY, sights: [sight('x', 4), sight('x', 1)] },
      LOGGED,
    ],
    ['a gateway started behind', 'showed a checkpoint of 1 after', { ...HISTORY, sights: [sight('x', 1, 4)] }, LOGGED],
  ])('%s', (_what, words, history, log) => {
    expect(anomaliesOf(history, log)).toContainEqual(expect.stringContaining(words));
  });
});
