import { readdirSync, readFileSync } from 'node:fs';
import { execute, type GraphQLObjectType, parse, validate } from 'graphql';
import YAML from 'yaml';
import { createCursors } from '../../../src/gateway/cursor.ts';
import { type Operation, type RootField, readOperation, selectionBelow } from '../../../src/gateway/operation.ts';
import { createPersonNode, type FetchContext, type PersonNode, type Subject } from '../../../src/gateway/person.ts';
import { createPlanner } from '../../../src/gateway/plan.ts';
import { createSchemas } from '../../../src/gateway/schema.ts';
import type { Root, Scope } from '../../../src/gateway/scope.ts';
import type { Decision } from '../../../src/policy/decide.ts';
import type { FieldGrant, HolderGrant, View, ViewSection } from '../../../src/policy/view.ts';
import { type Link, NO_FACTS } from '../../../src/record/facts.ts';
import { buildRecord } from '../../../src/record/model.ts';
import type { Principal } from '../../../src/record/principal.ts';
import type { Selection } from '../../../src/record/selection.ts';
import type { Loaders, SectionAnswer, SectionRequest } from '../../../src/sources/loaders.ts';

/** A record small enough to draw at random: one section of one holder, one of many, and everything a field can be. */
export const SMALL_RECORD = buildRecord({
  gateway: ['gateway.graphql', ...readdirSync('schema/gateway').map((name) => `gateway/${name}`)].map((name) => ({
    name,
    text: readFileSync(`schema/${name}`, 'utf8'),
  })),
  sources: [
    {
      name: 'sources/prison.graphql',
      text: `
        scalar Date
        scalar DateTime
        type Person @key(fields: "prisonNumber") { prisonNumber: ID! custody: Custody }
        type Custody {
          asOf: DateTime!
          releaseDate: Date place: Place days: Int share: Float open: Boolean
          notes: [String!] loose: [String] grid: [[Int!]!]
          contact: Contact visits: [Visit!] wings: [[Visit!]!]
        }
        enum Place { CLOSED OPEN }
        type Contact { team: String desk: Desk }
        type Desk { telephone: String }
        type Visit { at: DateTime by: Contact }
      `,
    },
    {
      name: 'sources/police.graphql',
      text: `
        scalar DateTime
        type Person @key(fields: "pncId") { pncId: ID! policing: Policing @tag(name: "many-holders") }
        type Policing { asOf: DateTime! marac: Boolean markers: [Marker!] }
        type Marker { code: String basis: String }
      `,
    },
  ],
});

export const HOLDERS = { custody: ['hmpps-prisons'], policing: ['northmere-police', 'southdale-police'] } as const;
const CLASSES = YAML.parse(readFileSync('policies/data-classes.yaml', 'utf8'));
const ENVELOPE = new Set<string>(CLASSES.envelope);
// Root fields of the gateway's own work, and all below them.
const GOVERNANCE = new Set<string>(CLASSES.governance);
export const SMALL = createSchemas(
  SMALL_RECORD,
  { envelope: ENVELOPE, governance: GOVERNANCE },
  createCursors([new Uint8Array(32)]),
);
export const typeOf = (name: string) => SMALL.shared.getType(name) as GraphQLObjectType;

/** Coordinates of a section that a policy could open. */
export function coordinatesOf(section: string): readonly string[] {
  const found = SMALL_RECORD.sections.find(({ field }) => field === section);
  return (found?.coordinates ?? []).filter((coordinate) => !ENVELOPE.has(coordinate));
}

export const PRINCIPAL: Principal = {
  partner: 'probation-service',
  practitioner: 'PRO-0001',
  name: 'A practitioner',
  role: 'probation-practitioner',
  client: 'case-tool',
  issuer: 'https://issuer.example',
  subject: 'sub-1',
  tokenId: 'jti-1',
};

/** What both keys open at a holder: `always`, and `ifPermitted` for whom a permission is in force. */
export interface Grant {
  readonly always: readonly string[];
  readonly ifPermitted?: readonly string[];
}

export function grant(holder: string, { always, ifPermitted = [] }: Grant): HolderGrant {
  const of = (requires: readonly string[]): FieldGrant => ({
    dataClass: 'class',
    agreement: 'AGR-01',
    requires,
    emergency: false,
  });
  return {
    holder,
    fields: new Map([
      ...ifPermitted.map((field) => [field, of(['CONFIDENTIALITY'])] as const),
      ...always.map((field) => [field, of([])] as const),
    ]),
    unconditional: new Set(always),
    conditional: ifPermitted.some((field) => !always.includes(field)),
  };
}

export interface SmallSection {
  readonly existence?: 'open' | 'hidden';
  /** Holder to what its agreement gives. */
  readonly grants: Readonly<Record<string, Grant>>;
  /** Coordinates that the role needs though no agreement gives them. */
  readonly alsoNeeded?: readonly string[];
}

export function view(sections: Readonly<Record<string, SmallSection>>): View {
  const compiled = Object.entries(sections).map(([name, { existence = 'open', grants, alsoNeeded = [] }]) => {
    const { source = '', many = false } = SMALL_RECORD.sections.find(({ field }) => field === name) ?? {};
    const holders = new Map(Object.entries(grants).map(([holder, given]) => [holder, grant(holder, given)]));
    const needed = new Set([...alsoNeeded, ...[...holders.values()].flatMap(({ fields }) => [...fields.keys()])]);
    const limits = { matchThreshold: 0.9, staleAfterHours: 24 };
    const identifierTypes = new Set(['CRN']);
    return [
      name,
      { name, source, many, identifierTypes, existence, needed, holders, ...limits } satisfies ViewSection,
    ] as const;
  });
  return {
    role: {
      name: PRINCIPAL.role,
      title: '',
      partnerTypes: [],
      owner: '',
      review: '2026-12-31',
      lookups: [],
      actions: [],
      queues: [],
      peoplePerDay: 500,
      purposes: new Map(),
    },
    purpose: { code: 'RELEASE_PLANNING', label: '', relationships: ['SUPERVISION_ALLOCATION'] },
    partner: PRINCIPAL.partner,
    partnerType: 'probation-service',
    day: '2026-11-22',
    policyHash: '',
    holdMilliseconds: 0,
    sections: new Map(compiled),
    identifiers: new Map(),
  };
}

export const link = (holder: string, confidence = 1): Link => ({
  holder,
  type: 'CRN',
  value: `${holder} number`,
  confidence,
});

/** A decision that opens, at each holder of a section, some coordinates; linked or not. */
export function decision(
  sections: Readonly<Record<string, Readonly<Record<string, { fields: readonly string[]; link: Link | null }>>>>,
  identifiers: readonly Link[] = [],
): Decision {
  return {
    permitted: true,
    reasons: [],
    relationship: null,
    breakGlass: null,
    narrowed: false,
    signpost: null,
    identifiers,
    sections: new Map(
      Object.entries(sections).map(([section, holders]) => [
        section,
        {
          holders: Object.entries(holders).flatMap(([holder, { fields, link: linked }]) =>
            fields.length > 0 ? [{ holder, fields: new Set(fields), link: linked }] : [],
          ),
        },
      ]),
    ),
  };
}

export const REFUSED: Decision = { ...decision({}), permitted: false };

/** What a holder says of one section when it is asked for exactly this. */
export type Say = (holder: string, request: SectionRequest) => SectionAnswer;

export interface Executed {
  readonly operation: Operation;
  readonly roots: ReadonlyMap<string, Root>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly unknown[];
  /** What the holders were asked. */
  readonly asked: readonly (SectionRequest & { readonly holder: string })[];
}

/**
 * Runs an operation as the gateway does, guards and all, with people already decided. `person` and `people` name the
 * subjects by their place in `decisions`; `releases` ranges over all of them.
 */
export async function run(
  query: string,
  smallView: View,
  decisions: readonly Decision[],
  say: Say,
  now = new Date('2026-11-22T12:00:00Z'),
): Promise<Executed> {
  const document = parse(query);
  const [problem] = validate(SMALL.shared, document);
  if (problem) throw problem;
  const definition = document.definitions.find((node) => node.kind === 'OperationDefinition');
  if (!definition) throw new Error('no operation');
  const operation = readOperation(SMALL.shared, document, definition, {});
  const asked: (SectionRequest & { holder: string })[] = [];
  const loaders: Loaders = {
    async load(holder, request) {
      asked.push({ holder, ...request });
      return say(holder, request);
    },
    asked: () => new Map(),
  };
  const permitted = new WeakMap<object, ReadonlySet<string>>();
  const permit = (value: unknown, fields: ReadonlySet<string>): void => {
    if (typeof value !== 'object' || value === null) return;
    permitted.set(value, fields);
    for (const item of Object.values(value)) permit(item, fields);
  };
  const fetching: FetchContext = {
    view: smallView,
    now,
    loaders,
    holdersOf: new Map<string, readonly string[]>([
      ['prison', HOLDERS.custody],
      ['police', HOLDERS.policing],
    ]),
    permit,
  };
  const plan = createPlanner(smallView);
  const place = (subject: Subject, selection: Selection): PersonNode => {
    const plans = SMALL_RECORD.sections.flatMap(({ field, type }) => {
      const below = selection.get(field);
      return below ? [[field, plan(subject.decision, field, typeOf(type), below)] as const] : [];
    });
    return createPersonNode(subject, new Map(plans), fetching);
  };
  const subjects = decisions.map(
    (each, index): Subject => ({
      reference: { by: 'id', value: String(index) },
      facts: { ...NO_FACTS, person: String(index) },
      decision: each,
    }),
  );
  const roots = new Map<string, Root>();
  for (const field of operation.roots) {
    if (field.name.startsWith('__')) continue;
    const own = subjectsOf(field, subjects);
    const selection = selectionOf(operation, field);
    const nodes = own.map((subject) => (subject.decision.permitted ? place(subject, selection) : null));
    roots.set(field.key, {
      field,
      selection,
      subjects: own,
      nodes: field.name === 'releases' ? [] : nodes,
      told: new Map(),
      given: new Map(),
      closed: null,
      notAsked: new Set(),
      unavailable: new Set(),
      ownType: null,
      result: null,
      deed: null,
    });
  }
  const scope: Scope = {
    requestId: '',
    principal: PRINCIPAL,
    view: smallView,
    now,
    operation,
    roots,
    loaders,
    permitted,
    lists: { rules: [], regions: [], regionOf: () => null },
    opaqueId: async (subject) => `${subject.facts?.person}`.padStart(22, '0'),
    place,
    work: async () => null,
    ask: (holder, identifier, leaf) =>
      loaders.load(holder, {
        identifier,
        section: leaf.section,
        type: typeOf(leaf.type),
        selection: new Map([[leaf.field, null]]),
      }),
  };
  const result = await execute({ schema: SMALL.guarded(smallView), document, contextValue: scope });
  return { operation, roots, data: result.data as Executed['data'], errors: result.errors ?? [], asked };
}

function subjectsOf({ name, args }: RootField, all: readonly Subject[]): Subject[] {
  if (name === 'releases') return all.filter((subject) => subject.decision.permitted);
  const places = name === 'people' ? (args['ids'] as string[]) : [args['id'] as string];
  return places.flatMap((place) => all[Number(place)] ?? []);
}

function selectionOf(operation: Operation, { name, nodes }: RootField): Selection {
  if (name !== 'releases') return selectionBelow(operation, typeOf('Person'), nodes);
  return selectionBelow(operation, typeOf('ReleaseConnection'), nodes).get('edges')?.get('node') ?? new Map();
}
