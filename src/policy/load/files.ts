import type { Day } from '../../record/facts.ts';
import type { DataClass, Desk, IdentifierCheck, SectionPolicy } from '../bundle.ts';
import type { Yaml } from './yaml.ts';

/** The files of a policy folder, each of the shape that its JSON Schema in `policies/schemas/` asks. */
export interface PolicyFiles {
  readonly identifiers: Yaml<IdentifiersFile>;
  readonly dataClasses: Yaml<DataClassesFile>;
  readonly purposes: Yaml<Table<{ readonly label: string; readonly relationships: readonly string[] }>>;
  readonly relationships: Yaml<Table<{ readonly label: string; readonly graceDays: number }>>;
  readonly permissions: Yaml<Table<{ readonly label: string }>>;
  readonly partners: Yaml<PartnersFile>;
  readonly legalGateways: Yaml<Table<LegalGateway>>;
  readonly desks: Yaml<DesksFile>;
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
  readonly classes: Table<ClassEntry>;
}

export interface ClassEntry extends Pick<DataClass, 'handling' | 'description'> {
  readonly fields?: readonly string[];
  readonly identifiers?: readonly string[];
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
  /** What each law calls it. */
  readonly classified?: Table<string>;
}

export interface LegalGateway {
  readonly title: string;
  readonly allows: string;
  readonly flows?: readonly { readonly from: string; readonly to: string }[];
  readonly advice?: 'needed';
}

export interface DesksFile {
  readonly duty: Table<Desk>;
  readonly bySource: Table<Desk>;
  readonly byPartner?: Table<Table<Desk>>;
}

export interface RoleFile {
  readonly role: string;
  readonly title: string;
  readonly partnerTypes: readonly string[];
  readonly owner: string;
  readonly review: Day;
  readonly lookups: readonly string[];
  readonly purposes: Table<{
    readonly holdMilliseconds: number;
    readonly identifiers: readonly string[];
    readonly sections: Table<{ readonly existence: 'open' | 'hidden'; readonly classes: readonly string[] }>;
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
