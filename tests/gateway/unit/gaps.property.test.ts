import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { createCursors } from '../../../src/gateway/cursor.ts';
import type { Looked } from '../../../src/gateway/gaps/look.ts';
import { createGapReader } from '../../../src/gateway/gaps/reader.ts';
import { RULES } from '../../../src/gateway/gaps/rules.ts';
import { createGapRules } from '../../../src/gateway/gaps/view-rules.ts';
import type { FetchContext, Subject } from '../../../src/gateway/person.ts';
import { policyInForce } from '../../../src/gateway/policy.ts';
import { readRecord } from '../../../src/gateway/read-record.ts';
import { createSchemas } from '../../../src/gateway/schema.ts';
import type { Decision } from '../../../src/policy/decide.ts';
import { loadBundle } from '../../../src/policy/load/load.ts';
import { territoryOf } from '../../../src/policy/territory.ts';
import type { View } from '../../../src/policy/view.ts';
import type { Check, Checks } from '../../../src/record/checks.ts';
import { addDays } from '../../../src/record/day.ts';
import { NO_FACTS } from '../../../src/record/facts.ts';
import type { Selection } from '../../../src/record/selection.ts';
import type { SectionAnswer, SectionRequest } from '../../../src/sources/loaders.ts';
import { link } from './small.ts';

const DAY = '2026-11-24';
const NOW = new Date(`${DAY}T12:00:00Z`);

const record = await readRecord('schema');
const bundle = await loadBundle('policies', record);
const addresses = territoryOf({ bundle, record }).holders.map(({ code, source }) => ({
  holder: code,
  source,
  url: 'http://holder.example',
}));
const policy = policyInForce(bundle, record, addresses);
const { shared } = createSchemas(record, bundle, createCursors([new Uint8Array(32)]));
const gapRules = createGapRules(policy, shared);

/** Every view that may look at some rule. */
const VIEWS: readonly View[] = [...bundle.roles.values()].flatMap((role) =>
  [...role.purposes.keys()].flatMap((purpose) => {
    const partner = [...bundle.partners.values()].find(({ type }) => role.partnerTypes.includes(type));
    const principal = { role: role.name, partner: partner?.code ?? '' };
    const view = policy.viewOf(principal as Parameters<typeof policy.viewOf>[0], purpose, DAY);
    return view && gapRules.of(view).length > 0 ? [view] : [];
  }),
);

/** A number that is always the same for the same words. */
function draw(...words: readonly unknown[]): number {
  return createHash('sha256').update(JSON.stringify(words)).digest().readUInt32BE(0);
}

function oneOf<T>(items: readonly T[], ...words: readonly unknown[]): T {
  return items[draw(...words) % items.length] as T;
}

const DAYS = [-300, -95, -75, -10, -2, 0, 3, 9, 25, 60, 300].map((offset) => addDays(DAY, offset));

/** What a holder has in one field: the same whatever else is asked with it. */
function heldIn(type: GraphQLOutputType, below: Selection | null, ...words: readonly unknown[]): unknown {
  if (isNonNullType(type)) return heldIn(type.ofType, below, ...words);
  if (draw('null', ...words) % 5 === 0) return null;
  if (isListType(type)) return [heldIn(type.ofType, below, 'first', ...words)].filter((each) => each !== null);
  if (isObjectType(type)) return objectOf(type, below ?? new Map(), ...words);
  if (isEnumType(type)) return oneOf(type.getValues(), ...words).name;
  switch (type.toString()) {
    case 'Date':
      return oneOf(DAYS, ...words);
    case 'DateTime':
      return `${oneOf(DAYS, ...words)}T10:00:00Z`;
    case 'Int':
      return oneOf([0, 5, 20, 71, 84], ...words);
    case 'Boolean':
      return draw(...words) % 2 === 0;
    default:
      return `text ${draw(...words) % 10}`;
  }
}

function objectOf(type: GraphQLObjectType, below: Selection, ...words: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    [...below].map(([name, inner]) => {
      const field = type.getFields()[name];
      if (!field) throw new Error(`no ${type.name}.${name}`);
      return [name, heldIn(field.type, inner, type.name, name, ...words)];
    }),
  );
}

interface World {
  readonly view: View;
  readonly seed: number;
  /** Coordinates that are closed for the person. */
  readonly closed: ReadonlySet<string>;
  /** Sections whose every holder says that it holds nothing. */
  readonly empty?: ReadonlySet<string>;
  /** What the gateway keeps of checks about the person. */
  readonly checks?: readonly Check[];
  /** The day of release, whatever the seed. */
  readonly release?: string;
}

interface Seen extends Looked {
  readonly asked: readonly (SectionRequest & { readonly holder: string })[];
}

const SELECTION: Selection = new Map([
  [
    'items',
    new Map([
      ['rule', null],
      ['owner', new Map([['name', null]])],
      ['acknowledged', new Map([['by', null]])],
    ]),
  ],
]);

function decisionOf({ view, seed, closed }: World): Decision {
  const sections = [...view.sections.values()].map(({ name, holders }) => {
    const open = [...holders.values()].flatMap(({ holder, fields }) => {
      const left = [...fields.keys()].filter((coordinate) => !closed.has(coordinate));
      const known = draw('linked', holder, seed) % 5 > 0 ? link(holder) : null;
      return left.length > 0 ? [{ holder, fields: new Set(left), link: known }] : [];
    });
    return [name, { holders: open }] as const;
  });
  return {
    permitted: true,
    reasons: [],
    relationship: null,
    breakGlass: null,
    narrowed: false,
    signpost: null,
    identifiers: [],
    sections: new Map(sections),
  };
}

async function lookAt(world: World): Promise<Seen> {
  const { view, seed, empty } = world;
  const asked: (SectionRequest & { holder: string })[] = [];
  const say = (holder: string, { section, type, selection }: SectionRequest): SectionAnswer => {
    if (empty?.has(section)) return { state: 'NOT_HELD' };
    if (world.release && section === 'custody') {
      const asOf = `${DAY}T09:00:00Z`;
      const value = { asOf, ...objectOf(type, selection, holder, seed), releaseDate: world.release };
      return { state: 'HELD', asOf, value };
    }
    const state = oneOf(
      ['HELD', 'HELD', 'HELD', 'HELD', 'OLD', 'NOT_HELD', 'UNAVAILABLE'],
      'state',
      holder,
      section,
      seed,
    );
    if (state === 'NOT_HELD') return { state };
    if (state === 'UNAVAILABLE') return { state, detail: '' };
    const asOf = state === 'OLD' ? '2020-01-01T09:00:00Z' : `${DAY}T0${draw('age', holder, seed) % 10}:00:00Z`;
    return { state: 'HELD', asOf, value: { asOf, ...objectOf(type, selection, holder, seed) } };
  };
  const context: FetchContext = {
    view,
    now: NOW,
    holdersOf: policy.holdersOf,
    permit: () => {},
    loaders: {
      async load(holder, request) {
        asked.push({ holder, ...request });
        return say(holder, request);
      },
      asked: () => new Map(),
    },
  };
  const read = createGapReader(
    {
      policy,
      gapRules,
      checks: { ofPeople: async () => world.checks ?? [] } as Pick<Checks, 'ofPeople'> as Checks,
      gapAcknowledgements: { of: async () => [], keep: async () => {} },
    },
    { view, now: NOW },
    context,
  );
  const subject: Subject = {
    reference: { by: 'id', value: '' },
    facts: { ...NO_FACTS, person: 'somebody' },
    decision: decisionOf(world),
  };
  return { ...(await read(subject, SELECTION).look()), asked };
}

const classOf = (coordinate: string) => bundle.classOf.get(coordinate);
/** Rule to the classes of everything that it reads. */
const classesRead = new Map(
  [...bundle.gaps.values()].map(({ rule, inputs }) => {
    const coordinates = ['Custody.releaseDate', ...inputs].flatMap(withAbove);
    return [rule, new Set(coordinates.map(classOf))];
  }),
);
const readsClass = (rule: string, dataClass: string) => classesRead.get(rule)?.has(dataClass) ?? false;

/** The leaf and the object fields that it stands in. */
function withAbove(leaf: string): string[] {
  const [type] = leaf.split('.');
  const above = [...bundle.classOf.keys()].filter((coordinate) => {
    const [owner = '', field = ''] = coordinate.split('.');
    const found = (shared.getType(owner) as GraphQLObjectType | undefined)?.getFields()[field]?.type.toString();
    return found?.replace(/[![\]]/g, '') === type;
  });
  return [leaf, ...above.flatMap(withAbove)];
}

const world = fc.record({ view: fc.constantFrom(...VIEWS), seed: fc.nat() });
const RUNS = { numRuns: 150 };

/** Of one rule's gap all but whom to ring, which has classes of its own. */
function words({ gaps }: Looked, isOf: (rule: string) => boolean) {
  return {
    items: gaps?.items.filter(({ rule }) => isOf(rule)).map(({ owner: { role }, ...gap }) => ({ ...gap, role })) ?? [],
    notLooked: gaps?.notLooked.filter(({ rule }) => isOf(rule)) ?? [],
  };
}

describe('whatever the view, the person and their holders', () => {
  test('the policy has every rule, and some view may look at it', () => {
    expect([...bundle.gaps.keys()].sort()).toEqual([...RULES.keys()].sort());
    const looked = new Set(VIEWS.flatMap((view) => gapRules.of(view).map((each) => each.policy.rule)));
    expect([...looked].sort()).toEqual([...RULES.keys()].sort());
  });

  test('SHARE-02 nothing is asked, and nothing told, that the person’s decision does not open', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.array(fc.constantFrom(...bundle.classes.keys())), async (drawn, classes) => {
        const closed = new Set(classes.flatMap((name) => bundle.classes.get(name)?.fields ?? []));
        const decision = decisionOf({ ...drawn, closed });
        const open = new Set(
          [...decision.sections.values()].flatMap(({ holders }) =>
            holders.flatMap(({ holder, fields }) => [...fields].map((field) => `${holder}|${field}`)),
          ),
        );
        const seen = await lookAt({ ...drawn, closed });
        const leaves = (holder: string, type: GraphQLObjectType, selection: Selection): string[] =>
          [...selection].flatMap(([name, below]) => {
            const text =
              type
                .getFields()
                [name]?.type.toString()
                .replace(/[![\]]/g, '') ?? '';
            const child = shared.getType(text) as GraphQLObjectType;
            return [`${holder}|${type.name}.${name}`, ...(below ? leaves(holder, child, below) : [])];
          });
        for (const { holder, type, selection } of seen.asked)
          for (const leaf of leaves(holder, type, selection)) expect(open).toContain(leaf);
        const byGateway = (told: string) => told.includes('|Check.');
        for (const told of seen.told) if (!byGateway(told)) expect(open).toContain(told);
        expect(seen.told.length === 0 || seen.told.some((told) => told.endsWith('|Custody.releaseDate'))).toBe(true);
      }),
      RUNS,
    );
  });

  test('SHARE-05 a class that is taken away takes its rules along and changes nothing else', async () => {
    const classes = [
      ...new Set([...bundle.gaps.values()].flatMap(({ inputs }) => inputs.flatMap((input) => classOf(input) ?? []))),
    ];
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(...classes), async (drawn, dataClass) => {
        const whole = await lookAt({ ...drawn, closed: new Set() });
        const fields = bundle.classes.get(dataClass)?.fields ?? [];
        const less = await lookAt({ ...drawn, closed: new Set(fields) });
        const others = (rule: string) => !readsClass(rule, dataClass);
        expect(words(less, others)).toEqual(words(whole, others));
        expect(words(less, (rule) => !others(rule))).toEqual({ items: [], notLooked: [] });
        for (const told of less.told) expect(fields).not.toContain(told.split('|')[1]);
      }),
      RUNS,
    );
  });

  test('SHARE-05 a section whose existence is hidden and of which nothing came is as one that is closed', async () => {
    const hiding = VIEWS.filter((view) => gapRules.of(view).some(({ isHidden }) => isHidden));
    expect(hiding.length).toBeGreaterThan(2);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...hiding), fc.nat(), async (view, seed) => {
        const hidden = [...view.sections.values()].filter(({ existence }) => existence === 'hidden');
        const empty = new Set(hidden.map(({ name }) => name));
        const fields = hidden.flatMap(({ holders }) =>
          [...holders.values()].flatMap(({ fields }) => [...fields.keys()]),
        );
        const nothing = await lookAt({ view, seed, closed: new Set(), empty });
        const closed = await lookAt({ view, seed, closed: new Set(fields) });
        expect({ gaps: nothing.gaps, told: nothing.told }).toEqual({ gaps: closed.gaps, told: closed.told });
      }),
      RUNS,
    );
  });

  test('SHARE-05 nothing missing is said only when every holder of every rule was heard, and found to lack nothing', async () => {
    let said = 0;
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        const { gaps, release, sections, told } = await lookAt({ ...drawn, closed: new Set() });
        // What a release that is over no longer lacks is looked for no more.
        if (!gaps?.nothingMissing || release === null || release < DAY) return;
        said += 1;
        expect([gaps.items, gaps.notLooked]).toEqual([[], []]);
        expect(told.length).toBeGreaterThan(0);
        const behind = new Set(gapRules.of(drawn.view).flatMap(({ needs }) => needs.map(({ section }) => section)));
        for (const [section, { plan, trueRows }] of sections) {
          if (plan.view?.existence === 'hidden' || !behind.has(section)) continue;
          for (const { status } of trueRows) expect(['AVAILABLE', 'NOT_HELD']).toContain(status);
        }
      }),
      { numRuns: 600, seed: 7 },
    );
    expect(said).toBeGreaterThan(0);
  });

  test('gaps come worst first, and then as they are due', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        const { gaps } = await lookAt({ ...drawn, closed: new Set() });
        const keys = (gaps?.items ?? []).map(({ rule, severity, dueOn, since }) => {
          expect(since <= DAY).toBe(true);
          return `${['RED', 'AMBER', 'GREEN'].indexOf(severity)} ${rule === 'ADDRESS_NOTIFICATION' ? 0 : 1} ${dueOn}`;
        });
        expect(keys).toEqual(keys.toSorted());
      }),
      RUNS,
    );
  });
});

describe('a check that is asked of others', () => {
  const viewOf = (role: string, partner: string, purpose: string) =>
    policy.viewOf({ role, partner } as Parameters<typeof policy.viewOf>[0], purpose, DAY) as View;
  const asker = viewOf('probation-practitioner', 'probation-service', 'RELEASE_PLANNING');
  const prison = viewOf('prison-offender-manager', 'hmpps-prisons', 'RELEASE_PLANNING');
  const release = addDays(DAY, 20);
  const seed = fc
    .sample(fc.nat(), { seed: 3, numRuns: 50 })
    .find((each) => draw('linked', 'hmpps-prisons', each) % 5 > 0);

  const decidedFirst = new Date(`${addDays(DAY, -1)}T09:00:00Z`);
  const done: Check = {
    id: 'check',
    person: 'somebody',
    partner: 'probation-service',
    type: 'DOMESTIC_ABUSE',
    askedBy: 'PRO-0001',
    askedAt: decidedFirst,
    release,
    state: 'DONE',
    decision: { by: 'PRO-0001', at: decidedFirst, textId: null, decision: 'ADDRESS_SUITABLE' },
    decidedFirst,
    countersignature: null,
    highRisk: false,
    childPlan: false,
    held: null,
    closedAt: decidedFirst,
    version: 3,
    requests: [],
  };
  const waiting: Check = { ...done, state: 'ASKED', decision: null, decidedFirst: null, closedAt: null };
  /** Decided, and a manager has yet to sign. */
  const unsigned: Check = { ...done, state: 'CONSIDERED', highRisk: true, closedAt: null };

  async function lacks(view: View, ...checks: Check[]) {
    const seen = await lookAt({ view, seed: seed ?? 0, closed: new Set(), checks, release });
    return {
      missing: seen.gaps?.items.some(({ rule }) => rule === 'DOMESTIC_ABUSE_CHECK'),
      told: seen.told.filter((told) => told.includes('|Check.')),
    };
  }

  test('is missing to those who ask until it is done', async () => {
    const told = ['probation-service|Check.state'];
    expect(await lacks(asker)).toEqual({ missing: true, told });
    expect(await lacks(asker, waiting)).toEqual({ missing: true, told });
    expect(await lacks(asker, unsigned)).toEqual({ missing: true, told });
    expect(await lacks(asker, done)).toEqual({ missing: false, told });
    expect(await lacks(asker, { ...done, type: 'CHILDRENS_SERVICES' })).toEqual({ missing: true, told });
    expect(await lacks(asker, { ...done, partner: 'another-probation-service' })).toEqual({ missing: true, told });
  });

  test('SHARE-05 others know only whether it is open, which says nothing of who must still sign', async () => {
    const told = ['probation-service|Check.open'];
    expect(await lacks(prison)).toEqual({ missing: true, told });
    expect(await lacks(prison, waiting)).toEqual({ missing: true, told });
    expect(await lacks(prison, unsigned)).toEqual(await lacks(prison, done));
    expect(await lacks(prison, done)).toEqual({ missing: false, told });
  });
});
