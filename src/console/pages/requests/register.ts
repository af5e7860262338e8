import { daysBetween } from '../../../record/day.ts';
import type { Day } from '../../../record/facts.ts';
import { countWords } from '../../words.ts';
import type { SubjectRequest } from './documents.ts';

export const KINDS: Readonly<Record<string, { readonly words: string; readonly law: string }>> = {
  ACCESS: { words: 'Access to their information', law: 'UK GDPR Article 15; Data Protection Act 2018, section 45' },
  RECTIFICATION: { words: 'Correction', law: 'UK GDPR Article 16; Data Protection Act 2018, section 46' },
  ERASURE: { words: 'Erasure', law: 'UK GDPR Article 17; Data Protection Act 2018, section 47' },
  OBJECTION: { words: 'Objection to sharing', law: 'UK GDPR Article 21' },
};

export const OUTCOMES: Readonly<Record<string, string>> = {
  GRANTED: 'Done as asked, and the person was told',
  PARTLY_GRANTED: 'Done in part, and the person was told why',
  REFUSED: 'Refused, and the person was told why and whom to complain to',
  WITHDRAWN: 'The person withdrew it',
};

export const EXTENSIONS: Readonly<Record<string, string>> = {
  COMPLEX: 'It is complex',
  NUMBER_OF_REQUESTS: 'The person made many requests',
};

/** What the gateway refused, as somebody reads it. */
export const REFUSALS: Readonly<Record<string, string>> = {
  NOT_OPEN: 'It is not open any more, or not your partner’s. Go back to the list.',
  VERSION_CONFLICT:
    'Somebody else changed it in the meantime. What you see now is how it is: check it and send it again.',
  TOO_LATE: 'It is overdue. The person has to be told of an extension within the first month.',
  ALREADY_EXTENDED: 'It was extended already, which can be done once.',
  IDEMPOTENCY_KEY_REUSED: 'That form was sent already with something else in it. Open this page again.',
};

/** A request in the words of the page. */
export interface RequestRow extends SubjectRequest {
  readonly kindWords: string;
  readonly law: string;
  /** `2 days overdue`, `due today`, `5 days left`. */
  readonly clock: string;
  readonly isOverdue: boolean;
  readonly outcomeWords: string | null;
  readonly extendedWords: string | null;
}

export function rowOf(request: SubjectRequest, today: Day): RequestRow {
  const left = daysBetween(today, request.dueOn);
  const kind = KINDS[request.kind];
  return {
    ...request,
    kindWords: kind?.words ?? request.kind,
    law: kind?.law ?? '',
    clock: clockWords(left),
    isOverdue: left < 0,
    outcomeWords: request.outcome && (OUTCOMES[request.outcome] ?? request.outcome),
    extendedWords: request.extended && (EXTENSIONS[request.extended] ?? request.extended),
  };
}

/** @param left days to the last one; fewer than none once it has passed */
export function clockWords(left: number): string {
  if (left === 0) return 'due today';
  return left < 0 ? `${countWords(-left, 'day')} overdue` : `${countWords(left, 'day')} left`;
}
