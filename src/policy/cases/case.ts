import type { Day } from '../../record/facts.ts';

/** `policies/cases/<role>.yaml`, as its JSON Schema in `policies/schemas/cases.json` asks. */
export interface CaseFile {
  readonly role: string;
  readonly may: May;
  readonly cases: readonly Case[];
}

/** What a role may do whomever it asks about: all of it, and nothing else. */
export interface May {
  readonly partnerTypes: readonly string[];
  readonly lookups: readonly string[];
  readonly actions: readonly string[];
  readonly queues: readonly string[];
  readonly peoplePerDay: number;
  readonly purposes: readonly string[];
  /** Absent: it has no break-glass. */
  readonly breakGlassMinutes?: number;
  /** Absent: it closes no review. */
  readonly reviewHours?: number;
}

export type Case = RecordCase | MessageCase;

/**
 * Either one day, or a first and a last day: then what the case says is so on both, and on the days before and after
 * nothing of any record is shown.
 */
export interface When {
  readonly on?: Day;
  readonly from?: Day;
  readonly until?: Day;
}

/** What is seen of a person. Whatever is not listed must be denied. */
export interface RecordCase extends When {
  readonly case: string;
  readonly message?: never;
  readonly purpose: string;
  /** Partners of the caller; each is tried. */
  readonly at: readonly string[];
  readonly caller?: { readonly client?: string; readonly unnamed?: true };
  readonly person?: Person;
  /**
   * `nothing`: the constant answer. An empty mapping: the person may be looked at, and every section is closed.
   * `as usual`: all that the file's first case of the same purpose says.
   */
  readonly sees: 'nothing' | 'as usual' | Sees;
  /** Beside `as usual`: what is seen of these sections instead. An empty list: nothing. */
  readonly except?: Sees;
  /** Sections that the view has openly and of which this person shows nothing. */
  readonly withheld?: readonly string[];
  /** Sections that the view has without knowing whether anything is there. */
  readonly hidden?: readonly string[];
  readonly holdMilliseconds?: number;
  /** The restriction's owner tells its own practitioner that there is one. */
  readonly signpost?: true;
}

/**
 * Section to classes, or `identifiers` to types of identifier. A list: the same at every holder that the section's source
 * has. A mapping: by holder code, `own` standing for the caller's own partner and `others` for the rest.
 */
export type Sees = Readonly<Record<string, readonly string[] | Readonly<Record<string, readonly string[]>>>>;

/** What a partner's action may tell another of a person (SHARE-11); the file's role reads it. */
export interface MessageCase extends When {
  readonly case: string;
  readonly message: {
    readonly from: readonly string[];
    readonly to: readonly string[];
    readonly desk?: Whose;
    readonly purpose: string;
    readonly fields: readonly string[];
  };
  readonly person?: Person;
  /** `yes`: all of the fields in one message, and no other field at all. `no`: not even one of them alone. */
  readonly sent: 'yes' | 'no';
}

type Whose = 'mine' | 'another';

interface Dated {
  readonly from?: Day;
  readonly until?: Day;
}

/** Facts about the subject. What is left out is absent, except a confirmed link at every holder. */
export interface Person {
  readonly relationship?: string | readonly string[] | RelationshipFact;
  readonly permissions?: readonly (Dated & {
    readonly type: string;
    readonly holder?: string;
    readonly recipient?: string;
  })[];
  readonly objections?: readonly (Dated & {
    readonly class: string;
    readonly holder?: string;
    readonly recipient?: string;
  })[];
  readonly restrictions?: readonly RestrictionFact[];
  readonly interest?: InterestType | (Dated & { readonly type: InterestType });
  readonly breakGlass?: true | { readonly role?: string; readonly purpose?: string; readonly ended?: true };
  /** The person was found in a list, not named alone. */
  readonly inList?: true;
  /** How many people the caller has asked about that day, this one included. */
  readonly asked?: number;
  readonly notLinked?: readonly string[];
  /** How sure every link is, from 0 to 1. */
  readonly match?: number;
}

export interface RelationshipFact extends Dated {
  readonly type: string;
  readonly assertedBy?: 'me' | 'somebody-else';
  readonly standing?: 'SELF' | 'TEAM' | 'DUTY' | 'COVER';
}

type InterestType = 'OWN_RECORD' | 'DECLARED_INTEREST';

export interface RestrictionFact extends Dated {
  readonly type: 'RESTRICTION' | 'EXCLUSION' | 'UNKNOWN';
  /** A partner's code, or `own` for the partner that looks. */
  readonly owner: string;
  readonly lists?: readonly ('me' | 'somebody-else')[];
  readonly desks?: readonly Whose[];
  readonly unresolved?: readonly string[];
  readonly unreadable?: true;
}

type Shown = Pick<RecordCase, 'withheld' | 'hidden' | 'holdMilliseconds'> & { readonly sees: 'nothing' | Sees };

/** What a case says is seen: its own, or, as usual, what the first case of its purpose says, but for the exceptions. */
export function usually({ cases }: CaseFile, each: RecordCase): Shown {
  const { sees, except, withheld } = each;
  if (sees !== 'as usual') return { ...each, sees };
  const first = cases.find((other) => !other.message && other.purpose === each.purpose);
  if (!first || first.message || typeof first.sees === 'string') return { sees: 'nothing' };
  return { ...first, sees: { ...first.sees, ...except }, ...(withheld && { withheld }) };
}

/** `Array.isArray` for lists that may not be written to. */
export function isList<T>(value: unknown): value is readonly T[] {
  return Array.isArray(value);
}
