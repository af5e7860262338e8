import type { LoggedReason } from '../audit/entry.ts';
import type { Day, Span, Standing } from '../record/facts.ts';

/** A practitioner, as the log and the record name them: two partners may give the same id to two people. */
export interface Account {
  readonly partner: string;
  readonly practitioner: string;
}

/** What the rules read of an entry about one person that a practitioner looked up, or tried to. */
export interface Access extends Account {
  /** Of the entry. */
  readonly id: string;
  readonly at: Date;
  /** Of `at`, in the United Kingdom. */
  readonly day: Day;
  /** Minutes since midnight in the United Kingdom. */
  readonly minute: number;
  readonly requestId: string;
  readonly role: string;
  readonly purpose: string | null;
  readonly kind: 'disclosure' | 'refusal' | 'explanation' | 'break-glass';
  /** The log's pseudonym of the person, or of the number that named nobody. */
  readonly subject: string;
  /** Whether the operation was about this person only: one who was looked up, and not one of a list. */
  readonly alone: boolean;
  /** Whether something was shown, or would have been. */
  readonly shown: boolean;
  /** The true reasons of the gates that looked at the person as a whole. */
  readonly reasons: readonly LoggedReason[];
  readonly classes: readonly string[];
  /** Gates for which fields were withheld, sorted. */
  readonly withheldBy: readonly string[];
  /** What carried the purpose, as the log says. */
  readonly relationship: { readonly type: string; readonly evidence: string; readonly assertedBy: string } | null;
  /** The break-glass under which it was shown, or which it opened. */
  readonly breakGlass: string | null;
  readonly client: string | null;
}

/** A reason for access as the store knows it, whatever its dates: of one practitioner with one person. */
export interface Held extends Span, Account {
  /** The gateway's own key. */
  readonly person: string;
  readonly type: string;
  /**
   * How it is theirs. A team's membership or rota and a cover have spans of their own: `from` and `until` are what they
   * have in common with the relationship's.
   */
  readonly standing: Standing;
  readonly evidence: string;
  readonly assertedBy: string;
  /**
   * Where a team holds it: when one practitioner of the same partner held the person by the same type by themselves. A
   * colleague's allocation is no reason of one's own. Empty for every other standing.
   */
  readonly heldAlone: readonly Span[];
}

export type ExplanationKind =
  | 'ALLOCATION'
  | 'TEAM_ON_DUTY'
  | 'COVER'
  | 'REFERRAL'
  | 'OPEN_CHECK'
  | 'APPOINTMENT'
  | 'BREAK_GLASS'
  | 'NONE';

/** Whether somebody had an open reason for an access on that day. */
export interface Explanation {
  /** False for break-glass too: it stands in for a reason, and is reviewed by itself. */
  readonly explained: boolean;
  readonly kind: ExplanationKind;
  /** A sentence, with the reference of the evidence and no value of anybody's record. */
  readonly text: string;
}

/** What one practitioner did on one day: what a baseline is made of. */
export interface Tally extends Account {
  readonly role: string;
  readonly day: Day;
  readonly accesses: number;
  /** Different people, or numbers that named nobody. */
  readonly people: number;
  readonly refused: number;
  /** Break-glass granted or refused. */
  readonly breakGlass: number;
}

/** What the rules may ask besides a day's accesses. Everything is of before the day, or of the day. */
export interface Surroundings {
  readonly day: Day;
  /** Reasons of the practitioner of an access with its subject, whatever their dates. */
  held(access: Access): readonly Held[];
  /** Whether the practitioner was on duty for any team that day. */
  onDuty(account: Account): boolean;
  /** The practitioner's days before this one, of the trailing `baselineDays`; days without any access are left out. */
  past(account: Account): readonly Tally[];
  /** Those of everybody of that role at that partner, over the same days. */
  peers(partner: string, role: string): readonly Tally[];
  /**
   * Pseudonyms of the numbers directly next to those by which the person of a pseudonym is known: of the people who have
   * them, or of the numbers where nobody has. Empty where it is nobody's that is known.
   */
  neighbours(subject: string): readonly string[];
}

/** Whom a flag is about: a practitioner; or, where a whole team is concerned, what feeds its relationships. */
export type About =
  | ({ readonly kind: 'PRACTITIONER' } & Account)
  | { readonly kind: 'FEED'; readonly partner: string; readonly relationship: string };

export interface Flag {
  /** The same for the same rule, day, practitioner or feed, and subject. */
  readonly id: string;
  /** A rule of `policies/flags.yaml`. */
  readonly rule: string;
  readonly about: About;
  /** A pseudonym; null where it is about no one person. */
  readonly subject: string | null;
  readonly day: Day;
  /** Ids of entries, oldest first. */
  readonly accesses: readonly string[];
  readonly weight: number;
  /** What happened, with its figures and times: never a value of anybody's record. */
  readonly sentence: string;
  /** Further sentences: what was looked at, and which explanations were looked for. */
  readonly evidence: readonly string[];
}

/** Flags that are looked at together. */
export interface Case {
  /** The same for the same practitioner, subject or feed, and first day. */
  readonly id: string;
  readonly about: About | { readonly kind: 'SUBJECT'; readonly subject: string };
  /** Days of the first and the last of its flags. */
  readonly from: Day;
  readonly to: Day;
  readonly weight: number;
  /** By day, rule and id. */
  readonly flags: readonly Flag[];
}
