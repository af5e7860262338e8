import type { Bundle } from '../bundle.ts';
import { type Change, general } from './change.ts';

/**
 * Whatever else differs, word by word: labels, owners, review dates, desks, reasons. Nobody sees more or less by it, but
 * whoever signs a policy signs it too. What the changes already `told` follow from is not told again.
 */
export function diffRest(before: Bundle, after: Bundle, told: readonly Change[]): Change[] {
  const [was, is] = [flatten(before), flatten(after)];
  const paths = [...new Set([...was.keys(), ...is.keys()])].sort();
  const news = new Set<string>();
  return paths.flatMap((path): Change[] => {
    const [one, other] = [was.get(path), is.get(path)];
    if (one === other) return [];
    const words = path.split('\u0000');
    const name = words[1] ?? '';
    if (isTold(words, told)) return [];
    if (one !== undefined && other !== undefined) {
      return [general('other', `${words.join(' ')} was ${quote(one)}, and now is ${quote(other)}.`)];
    }
    // Of something wholly new or gone, once that it is.
    const what = entries(other === undefined ? after : before).has(`${words[0]}\u0000${name}`)
      ? words
      : words.slice(0, 2);
    const sentence = `${what.join(' ')} is ${other === undefined ? 'gone' : 'new'}${what === words ? `: ${quote(one ?? other ?? '')}` : ''}.`;
    if (news.has(sentence)) return [];
    news.add(sentence);
    return [general('other', sentence)];
  });
}

/** Of both keys, one that turned says nothing more once what it opens is told; one that opens nothing is told itself. */
function isTold([part = '', name = '', one = '', purpose = '']: readonly string[], told: readonly Change[]): boolean {
  if (part === 'agreements') return KEYS.has(one) && told.some(({ agreements }) => agreements.includes(name));
  if (part !== 'roles' || one !== 'purposes') return false;
  return told.some(({ role, purposes }) => role === name && purposes.includes(purpose));
}

/** Parts that have sentences of their own. */
const SAID = oneOf([
  /^hash$|^envelope$|^governance$/,
  /^roles\/[^/]+\/(name|partnerTypes|lookups|actions|queues|peoplePerDay)$/,
  /^roles\/[^/]+\/purposes\/[^/]+\/holdMilliseconds$/,
  /^roles\/[^/]+\/purposes\/[^/]+\/sections\/[^/]+\/existence$/,
  /^purposes\/[^/]+\/(code|relationships)$/,
  /^relationships\/[^/]+\/(type|graceDays)$/,
  /^permissions\/[^/]+\/(type|names)$/,
  /^partners\/[^/]+\/(code|clients)$/,
  /^sections\/[^/]+\/matchThreshold$/,
  /^classes\/[^/]+\/(name|protective|fields|messages)$/,
  /^restrictions\/[^/]+\/(freshnessHours|needToKnowDays)$/,
  /^breakGlass\/(minutes|roles|reviewers|reviewHours)$/,
  /^checks\/(askers|managers|retentionDays|types\/[^/]+\/validityDays)$/,
  /^events\/[^/]+\/audience$/,
  /^referrals\/(roles|openDays)$/,
  /^telling\/(named|waits\/[a-z]+|longestReviewDays|holdMilliseconds|names\/hours)$/,
]);

/** What of an agreement says who gets what. */
const KEYS: ReadonlySet<string> = new Set([
  'holders',
  'recipients',
  'purposes',
  'classes',
  'requires',
  'emergency',
  'from',
  'until',
  'reference',
]);

/** Path, its names parted by NUL, to what stands there, as text. */
function flatten(bundle: Bundle): Map<string, string> {
  const leaves = new Map<string, string>();
  const agreements = new Map(bundle.agreements.map((agreement) => [agreement.reference, agreement]));
  walk({ ...bundle, agreements }, [], leaves);
  return leaves;
}

function walk(value: unknown, path: readonly string[], leaves: Map<string, string>): void {
  if (SAID.test(path.join('/'))) return;
  if (value instanceof RegExp) leaves.set(path.join('\u0000'), value.source);
  else if (value instanceof Set || Array.isArray(value))
    leaves.set(path.join('\u0000'), [...value].map(text).sort().join(', '));
  else if (value instanceof Map) for (const [key, each] of value) walk(each, [...path, String(key)], leaves);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) walk(each, [...path, key], leaves);
  } else if (value !== null) leaves.set(path.join('\u0000'), String(value));
}

function oneOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function entries(bundle: Bundle): Set<string> {
  return new Set([...flatten(bundle).keys()].map((path) => path.split('\u0000').slice(0, 2).join('\u0000')));
}

function quote(value: string): string {
  return value === '' ? 'nothing' : `"${value}"`;
}
