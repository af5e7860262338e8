import type { CheckType } from '../../record/checks.ts';
import type { Day } from '../../record/facts.ts';
import type {
  DataClass,
  Desk,
  IdentifierCheck,
  LogUsePolicy,
  PermissionPolicy,
  RestrictionPolicy,
  SectionPolicy,
  TellingPolicy,
} from '../bundle.ts';
import type {
  CheckTypePolicy,
  EventPolicy,
  ExplainsPolicy,
  FlagRulePolicy,
  FlagsPolicy,
  GapPolicy,
  HoursPolicy,
  ResponderPolicy,
  WatchingPolicy,
} from '../practice.ts';
import type { Yaml } from './yaml.ts';

/** The files of a policy folder, each of the shape that its JSON Schema in `policies/schemas/` asks. */
export interface PolicyFiles {
  readonly identifiers: Yaml<IdentifiersFile>;
  readonly dataClasses: Yaml<DataClassesFile>;
  readonly purposes: Yaml<Table<{ readonly label: string; readonly relationships: readonly string[] }>>;
  readonly relationships: Yaml<Table<{ readonly label: string; readonly graceDays: number }>>;
  readonly permissions: Yaml<Table<{ readonly label: string; readonly names: PermissionPolicy['names'] }>>;
  readonly partners: Yaml<PartnersFile>;
  readonly legalGateways: Yaml<Table<LegalGateway>>;
  readonly desks: Yaml<DesksFile>;
  readonly restrictions: Yaml<RestrictionsFile>;
  readonly breakGlass: Yaml<BreakGlassFile>;
  readonly telling: Yaml<TellingFile>;
  readonly checks: Yaml<ChecksFile>;
  readonly areas: Yaml<AreasFile>;
  readonly calendar: Yaml<CalendarFile>;
  readonly gaps: Yaml<GapsFile>;
  readonly events: Yaml<EventsFile>;
  readonly referrals: Yaml<ReferralsFile>;
  readonly flags: Yaml<FlagsFile>;
  readonly logUses: Yaml<Table<Omit<LogUsePolicy, 'code'>>>;
  readonly roles: readonly Yaml<RoleFile>[];
  readonly agreements: readonly Yaml<AgreementFile>[];
}

/** The same before every file is known to be there and in shape. */
export type ReadFiles = { readonly [K in keyof PolicyFiles]: PolicyFiles[K] | (K extends Folder ? never : null) } & {
  /** False when a role's file has a problem of its own: what no role needs cannot be told then. */
  readonly everyRole: boolean;
};

type Folder = 'roles' | 'agreements';

export type Table<T> = Readonly<Record<string, T>>;

export type IdentifiersFile = Table<{
  readonly label: string;
  readonly key: string;
  readonly pattern: string;
  readonly check: IdentifierCheck;
  readonly issuedBy: 'nation' | 'holder';
  readonly example: string;
}>;

export interface DataClassesFile {
  readonly sections: Table<SectionPolicy>;
  readonly envelope: readonly string[];
  /** Coordinates of the gateway's own work; a role's actions open them. */
  readonly governance?: readonly string[];
  readonly classes: Table<ClassEntry>;
}

export interface ClassEntry extends Pick<DataClass, 'handling' | 'description'> {
  readonly protective?: boolean;
  readonly fields?: readonly string[];
  readonly identifiers?: readonly string[];
  readonly messages?: readonly string[];
}

export interface PartnersFile {
  readonly partners: Table<PartnerEntry>;
  readonly schemes?: Table<readonly string[]>;
}

export interface PartnerEntry {
  readonly name: string;
  readonly type: string;
  /** The source type that it serves. */
  readonly holds?: string;
  readonly nation: 'england' | 'wales';
  /** OAuth clients through which its practitioners come. */
  readonly clients: readonly string[];
  /** What each law calls it. */
  readonly classified?: Table<string>;
  /** Where a law calls it `arrangement`: under which one, and on which days. */
  readonly arrangement?: { readonly reference: string; readonly from: Day; readonly until: Day };
}

export interface LegalGateway {
  readonly title: string;
  readonly allows: string;
  /** A citation or URL. */
  readonly source: string;
  readonly flows?: readonly { readonly from: string; readonly to: string }[];
  /** It carries data for these and for nothing else. */
  readonly purposes?: readonly string[];
  /** Holder and recipient must both be there. */
  readonly nation?: 'england';
  /** Permissions: each class of an agreement that cites it must wait for one of these. */
  readonly requires?: readonly string[];
  /** It lifts no duty of confidence. */
  readonly confidentiality?: true;
  readonly advice?: 'needed';
}

export interface DesksFile {
  readonly duty: Table<Desk>;
  readonly bySource: Table<Desk>;
  readonly byPartner?: Table<Table<Desk>>;
}

export interface RestrictionsFile {
  readonly owners: Table<Omit<RestrictionPolicy, 'signpost'> & { readonly signpost?: RestrictionPolicy['signpost'] }>;
}

export interface BreakGlassFile {
  readonly minutes: number;
  readonly banner: string;
  readonly reasons: Table<string>;
  readonly roles: readonly string[];
  readonly reviewers: readonly string[];
  readonly reviewHours: number;
}

export interface TellingFile {
  readonly paragraph: string;
  /** By partner type. */
  readonly organisations: Table<string>;
  readonly named: readonly string[];
  readonly purposes: Table<string>;
  readonly kinds: readonly { readonly words: string; readonly classes: readonly string[] }[];
  readonly waits: TellingPolicy['waits'];
  readonly grounds: Table<{
    readonly words: string;
    readonly provision: string;
    /** A citation or URL. */
    readonly source: string;
    readonly advice?: 'needed';
  }>;
  readonly longestReviewDays: number;
  readonly holdMilliseconds: number;
  readonly names: { readonly hours: number; readonly reasons: Table<string> };
}

export interface ChecksFile {
  readonly askers: readonly string[];
  readonly managers: readonly string[];
  readonly types: Readonly<
    Record<
      CheckType,
      Omit<CheckTypePolicy, 'systems' | 'findings'> & {
        readonly systems: Table<string>;
        readonly findings: Table<string>;
      }
    >
  >;
  readonly responders: Table<
    Omit<ResponderPolicy, 'clock'> & {
      /** Left out, every hour counts. */
      readonly clock?: { readonly from: string; readonly to: string };
    }
  >;
  readonly unableReasons: Table<string>;
  readonly largestNarrative: number;
  readonly retentionDays: number;
}

export interface AreasFile {
  readonly regions: Table<string>;
  readonly districts: Table<{ readonly region: string; readonly responders: Table<readonly string[]> }>;
}

export interface CalendarFile {
  readonly from: Day;
  readonly until: Day;
  readonly holidays: Table<string>;
}

export type GapsFile = Table<
  Omit<GapPolicy, 'rule' | 'checks' | 'numbers'> & {
    readonly checks?: CheckType;
    readonly numbers?: Table<number>;
  }
>;

export interface EventsFile {
  readonly watching: WatchingPolicy;
  readonly kinds: Table<
    Pick<EventPolicy, 'label' | 'audience'> & { readonly watches?: readonly string[]; readonly when?: string }
  >;
}

export interface ReferralsFile {
  readonly purpose: string;
  /** Partner type to role. */
  readonly providers: Table<string>;
  /** Partner to team. */
  readonly teams: Table<string>;
  readonly broughtBy: Table<string>;
  readonly refusals: Table<string>;
  readonly openDays: number;
}

export interface FlagsFile extends Pick<FlagsPolicy, 'baselineDays' | 'cases'> {
  readonly explains: Table<Omit<ExplainsPolicy, 'graceDays'>>;
  readonly hours: Table<HoursPolicy>;
  /** Role to relationship type. */
  readonly feeds: Table<string>;
  /** By `FlagRule`. */
  readonly rules: Table<Omit<FlagRulePolicy, 'rule' | 'numbers'> & { readonly numbers?: Table<number> }>;
}

export interface RoleFile {
  readonly role: string;
  readonly title: string;
  readonly partnerTypes: readonly string[];
  readonly owner: string;
  readonly review: Day;
  readonly lookups: readonly string[];
  readonly actions: readonly string[];
  readonly queues: readonly string[];
  readonly peoplePerDay: number;
  /** Class to why its cells differ from the published starting matrix. Prose. */
  readonly differs?: Table<string>;
  readonly purposes: Table<{
    readonly holdMilliseconds: number;
    readonly identifiers: readonly string[];
    readonly sections: Table<{
      readonly existence: 'open' | 'hidden';
      readonly why: string;
      readonly classes: readonly string[];
    }>;
    readonly receives?: readonly string[];
  }>;
}

export interface AgreementFile {
  readonly reference: string;
  /** Partner codes and schemes. */
  readonly holders: readonly string[];
  readonly recipients: readonly string[] | 'own';
  readonly purposes: readonly string[];
  readonly classes: readonly string[];
  readonly requires?: Table<readonly string[]>;
  /** Role to the classes that it may see under break-glass. */
  readonly emergency?: Table<readonly string[]>;
  readonly from: Day;
  readonly until: Day;
  readonly review: Day;
  readonly dpia: string;
  readonly signatories: readonly { readonly party: string; readonly role: string }[];
  readonly discloser: LegalBasis;
  /** Absent when recipients are `own`. */
  readonly recipient?: LegalBasis;
  /** The power that lets the data pass from one data-protection regime to the other. */
  readonly regimeCrossing?: string;
  readonly necessity: string;
  readonly onward: string;
  readonly retention: string;
}

export interface LegalBasis {
  readonly power: string;
  readonly regime: 'part-3' | 'uk-gdpr';
  /** Under UK GDPR only. */
  readonly article6?: string;
  readonly condition: string;
  readonly confidentiality: string;
  readonly advice?: 'needed';
}
