import type { CheckType } from '../record/checks.ts';
import type { Day } from '../record/facts.ts';

/** `policies/checks.yaml` */
export interface ChecksPolicy {
  readonly types: ReadonlyMap<CheckType, CheckTypePolicy>;
  /** Partner to how it answers. Every holder of a source type that a check is asked of is here. */
  readonly responders: ReadonlyMap<string, ResponderPolicy>;
  /** Roles that ask and decide, and roles that countersign and accept what is incomplete. */
  readonly askers: readonly string[];
  readonly managers: readonly string[];
  /** Code to label. */
  readonly unableReasons: ReadonlyMap<string, string>;
  readonly largestNarrative: number;
  /** Days after a check closed for which what it told and was told is kept. */
  readonly retentionDays: number;
}

export interface CheckTypePolicy {
  readonly label: string;
  /** The purpose under which it is asked and answered. */
  readonly purpose: string;
  /** The source type whose holders are asked, and the role that answers there. */
  readonly source: string;
  readonly role: string;
  /** The standing question, and its version. */
  readonly question: string;
  readonly version: number;
  /** Days after the answer for which it counts. */
  readonly validityDays: number;
  /** Systems that may have been searched: code to label. */
  readonly systems: ReadonlyMap<string, string>;
  /** Findings: code to label. */
  readonly findings: ReadonlyMap<string, string>;
}

export interface ResponderPolicy {
  /** The team that answers. */
  readonly team: string;
  readonly answers: 'people' | 'subgraph';
  /** Hours from the asking: an answer is due, late, and given up. Times of chasing, in order. */
  readonly targetHours: number;
  readonly chaseHours: readonly number[];
  readonly breachHours: number;
  readonly expireHours: number;
  /** What counts as an hour: any, or those between two times of a working day in Europe/London. */
  readonly clock: 'any' | { readonly from: string; readonly to: string };
}

/** `policies/areas.yaml`: outward half of a postcode to who is responsible there. More than one: a border. */
export interface AreaPolicy {
  readonly region: string;
  /** Source type to partners. */
  readonly responders: ReadonlyMap<string, readonly string[]>;
}

/** `policies/calendar.yaml`: bank holidays of England and Wales, complete from one day to another. */
export interface CalendarPolicy {
  readonly from: Day;
  readonly until: Day;
  /** Day to its name. */
  readonly holidays: ReadonlyMap<Day, string>;
}

/** `policies/gaps.yaml`, per rule. What the rule looks at is code; when, how badly and whose it is are data. */
export interface GapPolicy {
  readonly rule: string;
  readonly words: string;
  readonly severity: 'RED' | 'AMBER' | 'GREEN';
  /** Coordinates it reads. It is looked at only where the view may have all of them. */
  readonly inputs: readonly string[];
  /** Whether it reads what the gateway keeps of checks. */
  readonly checks: CheckType | null;
  /** The role that owns it, and the source type whose desk is rung where nobody is named. */
  readonly owner: { readonly role: string; readonly source: string };
  /** Days before the release (negative: after) from which it counts as missing, and by which it is due. */
  readonly sinceDays: number;
  readonly dueDays: number;
  /** Numbers that the rule needs, by name. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** `policies/events.yaml`, per kind. */
export interface EventPolicy {
  readonly kind: string;
  readonly label: string;
  /** Who is told: role and the purpose by which they are decided about. */
  readonly audience: readonly { readonly role: string; readonly purpose: string }[];
  /** Coordinates whose change is noticed by watching; none for what the gateway itself does. */
  readonly watches: readonly string[];
  /** Name of a condition on a watched value, from a closed list; null: any change. */
  readonly when: string | null;
}

/** `policies/events.yaml`, `watching` */
export interface WatchingPolicy {
  /** How long after one look at somebody the next one follows. */
  readonly everySeconds: number;
  /** How often a webhook is tried before it is a dead letter. */
  readonly deliveryAttempts: number;
}

/** `policies/referrals.yaml` */
export interface ReferralPolicy {
  /** Partner types that may be asked to take somebody. */
  readonly providers: readonly string[];
  /** The purpose and role by which a provider reads a pack. Partner type to role. */
  readonly purpose: string;
  readonly roles: ReadonlyMap<string, string>;
  /** Every partner of those types to the team there that is asked. */
  readonly teams: ReadonlyMap<string, string>;
  /** Code to label. */
  readonly refusals: ReadonlyMap<string, string>;
  readonly broughtBy: ReadonlyMap<string, string>;
  /** Days after the arrival for which a pack without an answer stays open. */
  readonly openDays: number;
}

/** `policies/flags.yaml`: which accesses somebody should look at. */
export interface FlagsPolicy {
  /** Days before an access that make a baseline. */
  readonly baselineDays: number;
  readonly cases: {
    /** Flags whose weights come to so much are a case, one by itself included. */
    readonly threshold: number;
    /** Days from its first flag for which others belong to it. */
    readonly windowDays: number;
    /** Flags of one rule count so many times at most. */
    readonly sameRule: number;
    /** A case about a person has flags of so many practitioners at least. */
    readonly practitioners: number;
    /** Days after a case opened within which somebody is to look at it. */
    readonly dueDays: number;
  };
  /** By relationship type. One that is absent explains nothing. */
  readonly explains: ReadonlyMap<string, ExplainsPolicy>;
  /** By role. One that is absent has no hours. */
  readonly hours: ReadonlyMap<string, HoursPolicy>;
  /** Role to the relationship type that feeds its work. */
  readonly feeds: ReadonlyMap<string, string>;
  /** One that is absent flags nothing. */
  readonly rules: ReadonlyMap<FlagRule, FlagRulePolicy>;
}

export interface ExplainsPolicy {
  readonly as: 'ALLOCATION' | 'REFERRAL' | 'OPEN_CHECK' | 'APPOINTMENT';
  /** Which members of a team that holds the person it explains, duty or not. */
  readonly members: 'everyone' | 'nobody-alone';
  /** A phrase that a sentence goes on with. */
  readonly words: string;
  /** Of the relationship: days after its end for which it still counts. */
  readonly graceDays: number;
}

/** Times of day in the United Kingdom, `HH:MM`. */
export interface HoursPolicy {
  readonly from: string;
  readonly to: string;
  readonly days: 'weekdays' | 'every';
}

export interface FlagRulePolicy {
  readonly rule: FlagRule;
  readonly label: string;
  readonly weight: number;
  /** With every figure of the rule in braces. */
  readonly sentence: string;
  /** Numbers that the rule needs, by name. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** Every rule there is, and the figures that its sentence must have. */
export const FLAG_FIGURES = {
  NO_EXPLANATION: ['looks', 'shown', 'times'],
  AFTER_END: ['looks', 'times', 'days', 'words', 'reference'],
  OWN_RECORD: ['looks', 'times'],
  DECLARED_INTEREST: ['looks', 'times'],
  PURPOSE_CHANGED: ['purposes', 'minutes', 'times'],
  REFUSED_LOOKUPS: ['looks', 'people', 'from', 'to'],
  SEQUENTIAL: ['people', 'from', 'to'],
  OUT_OF_HOURS: ['looks', 'times', 'hours'],
  VOLUME: ['looks', 'own', 'peers'],
  BREADTH: ['people', 'own', 'peers'],
  REPEATED_BREAK_GLASS: ['times', 'days', 'last'],
  MANY_STAFF: ['staff', 'times'],
  FEED_UNEXPLAINED: ['staff', 'active', 'looks', 'people'],
  FEED_BREAK_GLASS: ['staff', 'active', 'looks'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FlagRule = keyof typeof FLAG_FIGURES;
