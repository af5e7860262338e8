import { createHash } from 'node:crypto';
import type { Held } from '../../flags/types.ts';
import type { Bundle } from '../../policy/bundle.ts';
import { type Policy, territoryOf } from '../../policy/territory.ts';
import { compileView, type Territory, type View } from '../../policy/view.ts';
import { covers, type Day, type Link, type Span, type SubjectFacts } from '../../record/facts.ts';
import { PERSONAS, practitionersOf } from '../personas.ts';
import type { CoverFact, Fact, InterestFact, LinkFact, RelationshipFact, TeamFact } from '../population/fact.ts';
import { personUuid } from '../population/facts.ts';
import type { Population } from '../population/population.ts';
import type { Trait } from '../population/traits.ts';

/** A practitioner of the demonstration, with the role by which they look people up. */
export interface Staff {
  readonly partner: string;
  readonly practitioner: string;
  readonly role: string;
}

/** Somebody of the population, as the gateway is told of them. */
export interface Whom {
  readonly person: string;
  readonly trait: Trait | null;
  readonly links: readonly LinkFact[];
  readonly relationships: readonly RelationshipFact[];
  readonly interests: readonly InterestFact[];
  /** Whether a restriction or an exclusion is about them. */
  readonly isRestricted: boolean;
  readonly facts: Omit<SubjectFacts, 'person' | 'links' | 'relationships' | 'interests' | 'breakGlass' | 'callerTeams'>;
}

/** Who there is, who holds whom, and what policy lets each of them see. */
export interface World {
  readonly bundle: Bundle;
  readonly territory: Territory;
  readonly people: ReadonlyMap<string, Whom>;
  /** Everybody who ever holds somebody, first ones of each post first. */
  readonly staff: readonly Staff[];
  /** Reasons of a practitioner with a person, whatever their dates. */
  held(staff: Pick<Staff, 'partner' | 'practitioner'>, person: string): readonly Held[];
  /** People whom a practitioner holds at any time. */
  caseload(staff: Pick<Staff, 'partner' | 'practitioner'>): readonly string[];
  onDuty(staff: Pick<Staff, 'partner' | 'practitioner'>, day: Day): boolean;
  /** By the agreements of the day on which the year ends; null where the role may not declare the purpose. */
  view(staff: Staff, purpose: string): View | null;
  /** What a decision about somebody reads, on a day. */
  factsFor(staff: Staff, whom: Whom, day: Day): SubjectFacts;
}

/** @param more facts besides those of the population */
export function createWorld(population: Population, policy: Policy, more: readonly Fact[], until: Day): World {
  const traits = new Map(
    population.people.map(({ index, trait }) => [personUuid(population.seed, index), trait] as const),
  );
  const people = new Map<string, Mutable<Whom>>();
  const acting: TeamFact[] = [];
  const covering: CoverFact[] = [];
  for (const fact of [...population.facts(), ...more]) {
    if (fact.kind === 'cover') covering.push(fact);
    else if (!('person' in fact)) acting.push(fact);
    else addTo(people, fact, traits.get(fact.person) ?? null);
  }
  const teams = Map.groupBy(
    acting.filter(({ kind }) => kind !== 'manager'),
    ({ partner, team }) => `${partner}\n${team}`,
  );
  const covers_ = Map.groupBy(covering, ({ partner, practitioner }) => `${partner}\n${practitioner}`);
  const duties = Map.groupBy(
    acting.filter(({ kind }) => kind === 'duty'),
    nameOf,
  );

  const byStaff = new Map<string, Map<string, Held[]>>();
  const add = (held: Held) => {
    const people = byStaff.get(nameOf(held)) ?? new Map<string, Held[]>();
    byStaff.set(nameOf(held), people);
    people.set(held.person, [...(people.get(held.person) ?? []), held]);
  };
  for (const { person, relationships } of people.values()) {
    for (const each of relationships) {
      const { partner, type, evidence, assertedBy, practitioner, team } = each;
      const held = { person, partner, type, evidence, assertedBy, heldAlone: [] as Span[] };
      if (practitioner !== null) {
        add({ ...held, practitioner, standing: 'SELF', from: each.from, until: each.until });
        for (const cover of covers_.get(`${partner}\n${practitioner}`) ?? []) {
          const common = commonOf(each, cover);
          if (common) add({ ...held, ...common, practitioner: cover.coveredBy, standing: 'COVER' });
        }
      }
      const heldAlone = relationships
        .filter((other) => other.partner === partner && other.type === type && other.practitioner !== null)
        .map(({ from, until }) => ({ from, until }));
      for (const member of teams.get(`${partner}\n${team}`) ?? []) {
        const common = commonOf(each, member);
        const standing = member.kind === 'duty' ? 'DUTY' : 'TEAM';
        if (common) add({ ...held, ...common, practitioner: member.practitioner, standing, heldAlone });
      }
    }
  }

  const territory = territoryOf(policy);
  const views = new Map<string, View | null>();
  return {
    bundle: policy.bundle,
    territory,
    people,
    staff: [...byStaff.keys()].flatMap(staffOf).sort(firstFirst),
    held: (staff, person) => byStaff.get(nameOf(staff))?.get(person) ?? [],
    caseload: (staff) => [...(byStaff.get(nameOf(staff))?.keys() ?? [])],
    onDuty: (staff, day) => (duties.get(nameOf(staff)) ?? []).some((duty) => covers(duty, day)),
    view(staff, purpose) {
      const key = [staff.partner, staff.role, purpose].join('\n');
      const known = views.get(key);
      if (known !== undefined) return known;
      const asked = { role: staff.role, purpose, partner: staff.partner, day: until };
      const view = compileView(policy.bundle, territory, asked);
      views.set(key, view);
      return view;
    },
    factsFor: (staff, whom, day) => ({
      ...whom.facts,
      person: whom.person,
      links: whom.links.map(({ holder, type, value, confidence }): Link => ({ holder, type, value, confidence })),
      // Of a team's, a cover's and a rota's only what the practitioner has that day.
      relationships: (byStaff.get(nameOf(staff))?.get(whom.person) ?? [])
        .filter((held) => held.standing === 'SELF' || covers(held, day))
        .map(({ heldAlone: _, person: __, ...held }) => ({ ...held, team: null, cover: null })),
      interests: whom.interests.filter((interest) => nameOf(interest) === nameOf(staff)),
      breakGlass: [],
      callerTeams: [],
    }),
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };

function addTo(people: Map<string, Mutable<Whom>>, fact: Extract<Fact, { person: string }>, trait: Trait | null): void {
  const { person } = fact;
  const whom = people.get(person) ?? {
    person,
    trait,
    links: [],
    relationships: [],
    interests: [],
    isRestricted: false,
    facts: { permissions: [], objections: [], restrictions: [] },
  };
  people.set(person, whom);
  const { permissions, objections, restrictions } = whom.facts;
  switch (fact.kind) {
    case 'link':
      whom.links.push(fact);
      break;
    case 'relationship':
      whom.relationships.push(fact);
      break;
    case 'interest':
      whom.interests.push(fact);
      break;
    case 'permission':
      whom.facts = { ...whom.facts, permissions: [...permissions, fact] };
      break;
    case 'objection':
      whom.facts = { ...whom.facts, objections: [...objections, fact] };
      break;
    case 'restriction':
      whom.isRestricted = true;
      whom.facts = { ...whom.facts, restrictions: [...restrictions, fact] };
      break;
    default:
  }
}

export function nameOf({ partner, practitioner }: Pick<Staff, 'partner' | 'practitioner'>): string {
  return `${partner}\n${practitioner}`;
}

/** The days that two spans have in common; null where there are none. */
function commonOf(one: Span, other: Span): Span | null {
  const from = one.from > other.from ? one.from : other.from;
  const until = [one.until, other.until].filter((day) => day !== null).sort()[0] ?? null;
  return until !== null && until < from ? null : { from, until };
}

function staffOf(name: string): Staff[] {
  const [partner = '', practitioner = ''] = name.split('\n');
  const prefix = practitioner.slice(0, 3);
  const persona = PERSONAS.find(
    ({ prefixes, partnerTypes, role }) =>
      (prefixes[partner] ?? prefixes['*']) === prefix &&
      partnerTypes.length > 0 &&
      practitionersOf(role, partner).length > 0,
  );
  return persona ? [{ partner, practitioner, role: persona.role }] : [];
}

/** By number and then by partner: whoever leaves some out has a few of every kind. */
function firstFirst(one: Staff, other: Staff): number {
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

function keyOf({ partner, practitioner }: Staff): string {
  return practitioner.slice(4) + partner + practitioner;
}

/** The name of a practitioner of the demonstration, and of those beyond the personas' a number. */
export function fullNameOf({ role, partner, practitioner }: Staff): string {
  const found = practitionersOf(role, partner).find(({ id }) => id === practitioner);
  return found?.name ?? `Synthetic Practitioner ${practitioner.slice(4)}`;
}

/** Hexadecimal SHA-256. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
