import type { Bundle } from '../../../policy/bundle.ts';
import { countWords, wordsOf } from '../../words.ts';
import type { Access } from './documents.ts';
import { kindsOf } from './kinds.ts';

/** One access in words, without any value. */
export interface AccessRow {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly who: string;
  /** Role and partner. */
  readonly whoIs: string;
  readonly partner: string | null;
  readonly practitioner: string | null;
  /** What became of it. */
  readonly what: string;
  /** What of theirs was shown. */
  readonly saw: readonly string[];
  /** What was tried for and withheld. */
  readonly tried: readonly string[];
  /** How many classes were shown besides those asked for. */
  readonly besides: number;
  readonly purpose: string;
  /** Under which the asked was shown. */
  readonly agreements: readonly string[];
  readonly isRefused: boolean;
  readonly standing: Standing;
  /** Whether there was an open reason that day, a sentence. */
  readonly reason: string;
}

/**
 * Whether there was an open reason: none, none but break-glass, one, or, of something refused, that the reader may not know.
 * What is no look at somebody has none and needs none. In the order in which they are read.
 */
export const STANDINGS = ['NONE', 'BREAK_GLASS', 'NOT_TOLD', 'EXPLAINED', 'NO_LOOK'] as const;
export type Standing = (typeof STANDINGS)[number];

/**
 * @param asked the classes that are named one by one; null to name the kinds of all
 * @returns what makes a row of an access, given whether its answer arrived
 */
export function createRow(
  policy: Bundle,
  asked: ReadonlySet<string> | null,
): (access: Access, delivered?: boolean) => AccessRow {
  const words = wordsOf(policy);
  const kinds = kindsOf(policy);
  const isAsked = (name: string) => asked === null || asked.has(name);
  const named = (name: string) =>
    asked === null
      ? (kinds.find(({ classes }) => classes.includes(name))?.text ?? name)
      : (words.className(name).split(';')[0] ?? name);
  const all = (names: readonly string[]) => [...new Set(names.map(named))];
  const agreements = new Map(policy.agreements.map(({ reference, classes }) => [reference, classes]));

  return (access, delivered = true) => {
    const saw = access.classes.filter(isAsked);
    const tried = access.withheld.flatMap(({ field }) => policy.classOf.get(field) ?? []).filter(isAsked);
    const standing = standingOf(access);
    return {
      id: access.id,
      at: access.at,
      who: access.practitioner ?? 'The gateway',
      whoIs: [words.roleTitle(access.role), words.partnerName(access.partner)].filter(Boolean).join(', '),
      partner: access.partner,
      practitioner: access.practitioner,
      what: whatOf(access, words.partnerName(access.recipient), words.outcomeWords(access.outcome), delivered),
      saw: all(saw),
      tried: all(tried.filter((name) => !saw.includes(name))),
      besides: access.classes.length - saw.length,
      purpose: words.purposeLabel(access.purpose),
      // One that policy does not know any more may have given it.
      agreements: access.agreements
        .filter((reference) => agreements.get(reference)?.some((name) => saw.includes(name)) ?? true)
        .map(words.agreementLabel),
      isRefused: isRefused(access),
      standing,
      reason: access.explanation?.text ?? WITHOUT[standing] ?? '',
    };
  };
}

function standingOf({ kind, outcome, explanation }: Access): Standing {
  if (explanation?.explained === false) return explanation.kind === 'BREAK_GLASS' ? 'BREAK_GLASS' : 'NONE';
  if (explanation) return 'EXPLAINED';
  return isRefused({ kind, outcome }) ? 'NOT_TOLD' : 'NO_LOOK';
}

function isRefused({ kind, outcome }: Pick<Access, 'kind' | 'outcome'>): boolean {
  return kind === 'refusal' || (kind === 'break-glass' && outcome === 'refused');
}

const WITHOUT: Partial<Readonly<Record<Standing, string>>> = {
  NOT_TOLD: 'You are not told: nothing was shown, and of what was refused their own partner learns no more.',
  NO_LOOK: 'None is needed: nobody looked, and the gateway told it by itself.',
};

function whatOf({ kind, outcome }: Access, recipient: string, ending: string, delivered: boolean): string {
  if (recipient !== '') return outcome === 'shown' ? `Told to ${recipient}` : `Not told to ${recipient}`;
  if (kind === 'break-glass') return `Break-glass: ${ending.toLowerCase()}`;
  if (kind === 'explanation') return 'Asked what would be shown';
  if (outcome === 'nothing-to-show') return 'Tried, and was shown nothing';
  if (kind === 'refusal') return ending;
  if (kind === 'watch') return 'Looked at by the gateway on their behalf';
  return delivered ? 'Saw it' : 'Was sent it, and had gone before it arrived';
}

/** Those without an open reason first; of the same standing the newest first. */
export function unexplainedFirst(rows: readonly AccessRow[]): AccessRow[] {
  const rankOf = ({ standing }: AccessRow) => STANDINGS.indexOf(standing);
  return rows.toSorted(
    (one, other) =>
      rankOf(one) - rankOf(other) || Date.parse(other.at) - Date.parse(one.at) || (one.id < other.id ? -1 : 1),
  );
}

/** `9 accesses by 7 practitioners of 4 partners; 2 were shown nothing. 3 had no open reason that day. Each of the others had one.` */
export function summaryOf(rows: readonly AccessRow[]): string {
  const looks = rows.filter(({ standing }) => standing !== 'NO_LOOK');
  const practitioners = new Set(looks.map(({ partner, practitioner }) => `${partner}/${practitioner}`)).size;
  const partners = new Set(looks.map(({ partner }) => partner)).size;
  const of = (standing: Standing) => looks.filter((row) => row.standing === standing).length;
  const [none, glass, notTold] = [of('NONE'), of('BREAK_GLASS'), of('NOT_TOLD')];
  const refused = looks.filter((row) => row.isRefused).length;
  const told = rows.length - looks.length;
  const who = `${countWords(looks.length, 'access', 'accesses')} by ${countWords(practitioners, 'practitioner')} of ${countWords(partners, 'partner')}`;
  const nothing = refused > 0 ? `; ${countWords(refused, 'was', 'were')} shown nothing` : '';
  const unexplained = [
    ...(none > 0 ? [`${none.toLocaleString('en-GB')} had no open reason that day`] : []),
    ...(glass > 0 ? [`${countWords(glass, 'was', 'were')} by break-glass`] : []),
    ...(notTold > 0 ? [`of ${notTold.toLocaleString('en-GB')} you are not told the reason`] : []),
  ];
  const others = unexplained.length === 0 ? 'Each' : 'Each of the others';
  const hasOthers = none + glass + notTold < looks.length;
  const reasons = [
    ...(unexplained.length > 0 ? [`${unexplained.join(', ')}.`] : []),
    ...(hasOthers ? [none > 0 ? `${others} had one.` : `${others} had an open reason that day.`] : []),
  ].map((sentence) => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`);
  const besides = told > 0 ? [`Besides, the gateway told of it ${countWords(told, 'time')}.`] : [];
  return [`${who}${nothing}.`, ...reasons, ...besides].join(' ');
}
