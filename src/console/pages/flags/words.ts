import type { Bundle } from '../../../policy/bundle.ts';
import { countWords, wordsOf } from '../../words.ts';
import type { CaseHead, Flag, FlagCase } from './documents.ts';

export const OUTCOMES: readonly { readonly value: string; readonly text: string; readonly hint: string }[] = [
  { value: 'NO_CONCERN', text: 'No concern', hint: 'There is nothing to it' },
  { value: 'EXPLAINED', text: 'Explained', hint: 'There was a reason, which the gateway was not told' },
  { value: 'LEARNING', text: 'Learning', hint: 'No ill will: somebody needs to learn' },
  {
    value: 'MISCONDUCT_REFERRED',
    text: 'Referred as misconduct',
    hint: 'It closes when another officer sends the same',
  },
  { value: 'FEED_FAULT', text: 'Fault of the feed', hint: 'The feed of relationships lacks something' },
];

export const BARRED: Readonly<Record<string, string>> = {
  OWN_ACCESS:
    'You may not handle this case: it is about what you did yourself. Another officer of your partner, or the lead, must.',
  OWN_LINE:
    'You may not handle this case: it is about somebody in your own line. Another officer of your partner, or the lead, must.',
};

const HOUR = 3_600_000;
const SHORT = 8;

export function outcomeText(code: string | null): string {
  return OUTCOMES.find(({ value }) => value === code)?.text ?? code ?? '';
}

/** Whom or what a case or a flag is about, as a heading. */
export function aboutWords(
  {
    partner,
    practitioner,
    relationship,
    subject,
  }: Pick<Flag, 'practitioner' | 'relationship' | 'subject'> & {
    readonly partner: string | null;
  },
  about: CaseHead['about'],
  policy: Bundle,
): string {
  const { partnerName, relationshipLabel } = wordsOf(policy);
  if (about === 'SUBJECT') return `Person ${subject?.slice(0, SHORT) ?? ''} in the log`;
  if (about === 'FEED') return `Feed of ${partnerName(partner)}: ${relationshipLabel(relationship)}`;
  return `${practitioner ?? ''}, ${partnerName(partner)}`;
}

export interface HeadView extends CaseHead {
  readonly title: string;
  /** `3 days` */
  readonly age: string;
  readonly isOverdue: boolean;
  readonly stateText: string;
}

export function headOf(head: CaseHead, now: Date, policy: Bundle): HeadView {
  return {
    ...head,
    title: aboutWords(head, head.about, policy),
    age: ageOf(head.openedAt, now),
    isOverdue: head.state !== 'CLOSED' && Date.parse(head.dueAt) < now.getTime(),
    stateText: stateWords(head),
  };
}

/** Whole days from one day on, hours before. */
export function ageOf(openedAt: string, now: Date): string {
  const hours = Math.max(0, Math.floor((now.getTime() - Date.parse(openedAt)) / HOUR));
  if (hours === 0) return 'less than an hour';
  return hours < 24 ? countWords(hours, 'hour') : countWords(Math.floor(hours / 24), 'day');
}

function stateWords({ state, outcome, assignedTo }: CaseHead): string {
  if (state === 'CLOSED') return `Closed: ${outcomeText(outcome).toLowerCase()}`;
  if (state === 'CONFIRMING') return 'Waits for a second officer to agree';
  return assignedTo === null ? 'Nobody has it' : `With ${assignedTo}`;
}

/** A flag with its rule in words and whose it is. */
export interface FlagView extends Flag {
  readonly label: string;
  readonly who: string;
}

/** By rule as policy names it; one that it does not know any more stays as it is. */
export function flagsOf({ flags }: Pick<FlagCase, 'flags'>, policy: Bundle): FlagView[] {
  return flags.map((flag) => ({
    ...flag,
    label: [...policy.flags.rules.values()].find(({ rule }) => rule === flag.rule)?.label ?? flag.rule,
    who: aboutWords(flag, flag.practitioner === null ? 'FEED' : 'PRACTITIONER', policy),
  }));
}

const STEPS: Readonly<Record<string, string>> = {
  OPENED: 'Opened',
  GREW: 'More flags were added',
  ASSIGNED: 'Given to',
  NOTED: 'Noted',
  PROPOSED: 'Proposed to close',
  CLOSED: 'Closed',
};

/** What was done with the case, a sentence each. */
export function historyOf({ history }: Pick<FlagCase, 'history'>): readonly { at: string; text: string }[] {
  return history.map(({ at, by, step, detail }) => {
    const what = STEPS[step] ?? step;
    const of =
      step === 'ASSIGNED' ? ` ${detail ?? ''}` : detail === null ? '' : `: ${outcomeText(detail).toLowerCase()}`;
    return { at, text: `${what}${of}${by === null ? ', by the gateway' : `, by ${by}`}` };
  });
}

/** Why something was not done, and what to do instead. */
export function refusalWords(code: string | null): string {
  switch (code) {
    case 'NOT_OPEN':
      return 'It was not done: the case is closed, or not yours to see';
    case 'OWN_ACCESS':
      return 'It was not done: the case would be with whom it is about. Name another officer';
    case 'OWN_LINE':
      return 'It was not done: the case is about somebody in that officer’s own line. Name another officer';
    case 'OWN_PROPOSAL':
      return 'You proposed this yourself: another officer has to send the same';
    case 'VERSION_CONFLICT':
      return 'A colleague changed the case meanwhile: check what it says now, and send yours again';
    default:
      return 'It was not done: try again';
  }
}
