/**
 * The policy files, read anew: an oracle that shares no code with `src/policy/`. It is what a careful reader of the YAML
 * would say, and every answer over HTTP is compared with it.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { coordinatesOf, type Field, SECTIONS, type Section } from './record.ts';

const FOLDER = join(import.meta.dirname, '../../../policies');
const read = (file: string) => parse(readFileSync(join(FOLDER, file), 'utf8'));
const readAll = (folder: string) =>
  globSync(join(FOLDER, folder, '*.yaml')).map((file) => parse(readFileSync(file, 'utf8')));

const { partners, schemes } = read('partners.yaml') as Parties;
const { classes, sections: sectionRules, governance } = read('data-classes.yaml') as DataClasses;
const agreements = readAll('agreements') as Agreement[];
const desks = read('desks.yaml') as Desks;

export const PURPOSES = Object.keys(read('purposes.yaml') as object);
export const ROLES = (readAll('roles') as Role[]).sort((a, b) => (a.role < b.role ? -1 : 1));
export const PARTNERS = Object.keys(partners);
export const IDENTIFIER_TYPES = read('identifiers.yaml') as Readonly<
  Record<string, { key: string; issuedBy: 'nation' | 'holder'; example: string }>
>;
export const STALE_AFTER_HOURS = (section: string) => sectionRules[section]?.staleAfterHours ?? 0;

/** Coordinates in which the gateway tells of its own work. */
export const GOVERNANCE: readonly string[] = governance;

/** The holders of a source type, in the order of the sources file, which is that of `partners.yaml`. */
export function holdersOf(source: string): string[] {
  return PARTNERS.filter((code) => partners[code]?.holds === source);
}

export function partnersOf({ partnerTypes }: Role): string[] {
  return PARTNERS.filter((code) => partnerTypes.includes(partnerType(code)));
}

export function partnerType(partner: string): string {
  return partners[partner]?.type ?? '';
}

export function roleOf(name: string): Role {
  const role = ROLES.find((candidate) => candidate.role === name);
  if (!role) throw new Error(`no role ${name}`);
  return role;
}

export function contactOf(partner: string, source: string) {
  return desks.byPartner[partner]?.[source] ?? desks.bySource[source];
}

export function dutyDeskOf(partner: string) {
  return desks.duty[partner];
}

/** The data classes that something released is in, as an entry writes it: `holder|Type.field`, or of an identifier its type. */
export function classesOf(released: string): string[] {
  const [, field = ''] = released.split('|');
  const [, type] = field.split('Person.identifiers:');
  return Object.entries(classes).flatMap(([name, { fields = [], identifiers = [] }]) =>
    (type === undefined ? fields.includes(field) : identifiers.includes(type)) ? [name] : [],
  );
}

/** The legal gateways that agreements stand on. */
export function powersOf(references: readonly string[]): string[] {
  const cited = agreements.filter(({ reference }) => references.includes(reference));
  return [
    ...new Set(cited.flatMap(({ discloser, recipient }) => [discloser.power, ...(recipient ? [recipient.power] : [])])),
  ].sort();
}

/** Whether a permission of one of these types is in force for the person, for data of this holder. */
export type Permits = (types: readonly string[], holder: string) => boolean;

export interface Verdict {
  readonly holdMilliseconds: number;
  /** Holder to the types of identifier that it lets the caller have. */
  readonly identifiers: ReadonlyMap<string, readonly string[]>;
  readonly sections: ReadonlyMap<string, SectionVerdict>;
}

export interface SectionVerdict {
  readonly existence: 'open' | 'hidden';
  /** Holder to the coordinates that it shows. Holders that show nothing are not in it. */
  readonly visible: ReadonlyMap<string, ReadonlySet<string>>;
  /** Why a coordinate is withheld, at one holder or whichever is looked at. */
  reason(coordinate: string, holder: string | null): 'NOT_IN_VIEW' | 'NO_AGREEMENT' | 'NOT_SHARED';
}

/** What one role may see for one purpose at one partner on one day. Null: it may not declare the purpose. */
export function verdictOf(role: Role, partner: string, purpose: string, day: string, permits: Permits): Verdict | null {
  const view = role.purposes[purpose];
  if (!view || !partnersOf(role).includes(partner)) return null;
  const inForce = agreements.filter(
    ({ purposes, from, until }) => purposes.includes(purpose) && from <= day && day <= (until ?? day),
  );
  const agreementFor = (dataClass: string, holder: string) =>
    inForce.find(
      ({ classes: given, holders, recipients }) =>
        given.includes(dataClass) &&
        expand(holders).includes(holder) &&
        (recipients === 'own' ? holder === partner : expand(recipients).includes(partner)),
    );
  const shows = (dataClass: string, holder: string) => {
    const agreement = agreementFor(dataClass, holder);
    const requires = agreement?.requires?.[dataClass];
    return agreement !== undefined && (!requires || permits(requires, holder));
  };

  const sections = new Map<string, SectionVerdict>();
  for (const section of SECTIONS) {
    const needs = view.sections[section.name];
    if (!needs) continue;
    const holders = holdersOf(section.source);
    const isNeeded = (coordinate: string) => needs.classes.includes(classOf(coordinate));
    const visible = holders.map((holder) => {
      const may = (coordinate: string) => isNeeded(coordinate) && shows(classOf(coordinate), holder);
      return [holder, new Set(visibleOf(section.fields, may))] as const;
    });
    sections.set(section.name, {
      existence: needs.existence,
      visible: new Map(visible.filter(([, coordinates]) => coordinates.size > 0)),
      reason: (coordinate, holder) =>
        !isNeeded(coordinate)
          ? 'NOT_IN_VIEW'
          : (holder ? [holder] : holders).some((code) => agreementFor(classOf(coordinate), code))
            ? 'NOT_SHARED'
            : 'NO_AGREEMENT',
    });
  }
  const identifiers = PARTNERS.map((holder) => {
    const given = view.identifiers.filter((dataClass) => agreementFor(dataClass, holder));
    return [holder, given.flatMap((dataClass) => classes[dataClass]?.identifiers ?? [])] as const;
  });
  return {
    holdMilliseconds: view.holdMilliseconds,
    identifiers: new Map(identifiers.filter(([, types]) => types.length > 0)),
    sections,
  };
}

/** An object shows when its own class does and something in it does: a list of empty objects would tell a count. */
function visibleOf(fields: readonly Field[], may: (coordinate: string) => boolean): string[] {
  return fields.flatMap(({ coordinate, below }) => {
    if (!may(coordinate)) return [];
    const inner = visibleOf(below, may);
    return below.length > 0 && inner.length === 0 ? [] : [coordinate, ...inner];
  });
}

/** What everybody else of a section is told about what they do not get, when all of it was selected. */
export function withheldOf(section: Section, verdict: SectionVerdict | undefined): Withheld[] {
  const all = coordinatesOf(section.fields);
  if (verdict?.existence === 'hidden') return [];
  const shown = [...(verdict?.visible ?? [])];
  const nowhere = all.filter((coordinate) => !shown.some(([, visible]) => visible.has(coordinate)));
  const partly = shown.flatMap(([holder, visible]) =>
    all
      .filter((coordinate) => !visible.has(coordinate) && !nowhere.includes(coordinate))
      .map((coordinate) => ({ holder, coordinate })),
  );
  return [...nowhere.map((coordinate) => ({ holder: null, coordinate })), ...partly].map(({ holder, coordinate }) => ({
    section: section.name,
    holder,
    coordinate,
    reason: verdict?.reason(coordinate, holder) ?? 'NOT_IN_VIEW',
  }));
}

export interface Withheld {
  readonly section: string;
  readonly holder: string | null;
  readonly coordinate: string;
  readonly reason: string;
}

function classOf(coordinate: string): string {
  return Object.entries(classes).find(([, { fields }]) => fields?.includes(coordinate))?.[0] ?? 'no class';
}

function expand(parties: readonly string[]): string[] {
  return parties.flatMap((party) => schemes[party] ?? [party]);
}

export interface Role {
  readonly role: string;
  readonly partnerTypes: readonly string[];
  readonly lookups: readonly string[];
  readonly actions: readonly string[];
  readonly purposes: Readonly<
    Record<
      string,
      {
        readonly holdMilliseconds: number;
        readonly identifiers: readonly string[];
        readonly sections: Readonly<Record<string, { existence: 'open' | 'hidden'; classes: readonly string[] }>>;
      }
    >
  >;
}

interface Agreement {
  readonly reference: string;
  readonly discloser: { readonly power: string };
  readonly recipient?: { readonly power: string };
  readonly holders: readonly string[];
  readonly recipients: readonly string[] | 'own';
  readonly purposes: readonly string[];
  readonly classes: readonly string[];
  readonly requires?: Readonly<Record<string, readonly string[]>>;
  readonly from: string;
  readonly until?: string;
}

interface Parties {
  readonly partners: Readonly<Record<string, { readonly type: string; readonly holds?: string }>>;
  readonly schemes: Readonly<Record<string, readonly string[]>>;
}

interface DataClasses {
  readonly governance: readonly string[];
  readonly classes: Readonly<
    Record<string, { readonly fields?: readonly string[]; readonly identifiers?: readonly string[] }>
  >;
  readonly sections: Readonly<Record<string, { readonly staleAfterHours: number; readonly matchThreshold: number }>>;
}

type Desk = Readonly<Record<'name' | 'telephone' | 'hours', string>>;

interface Desks {
  readonly duty: Readonly<Record<string, Desk>>;
  readonly bySource: Readonly<Record<string, Desk>>;
  readonly byPartner: Readonly<Record<string, Readonly<Record<string, Desk>>>>;
}
