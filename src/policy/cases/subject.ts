import type {
  BreakGlassGrant,
  HeldRelationship,
  Interest,
  Link,
  Objection,
  Permission,
  Restriction,
  SubjectFacts,
} from '../../record/facts.ts';
import type { Bundle } from '../bundle.ts';
import type { Caller } from '../decide.ts';
import type { Territory } from '../view.ts';
import { isList, type Person, type RelationshipFact, type RestrictionFact } from './case.ts';
import type { Looking } from './runs.ts';

/** The practitioner of every case. */
export const ME = 'ME-0001';

/** Who looks, and on which day, `YYYY-MM-DD`. */
type LookingOn = Looking & { readonly day: string };

/** The relationship of a case, or each of several in turn, or none. */
export function relationshipsOf({ relationship }: Person): readonly (RelationshipFact | null)[] {
  if (relationship === undefined) return [null];
  if (typeof relationship === 'string') return [{ type: relationship }];
  return isList<string>(relationship) ? relationship.map((type) => ({ type })) : [relationship as RelationshipFact];
}

/** A case's facts as the store would give them. Whatever has no days of its own is in force on every day. */
export function factsOf(
  bundle: Bundle,
  territory: Territory,
  looking: LookingOn,
  person: Person,
  relationship: RelationshipFact | null,
): SubjectFacts {
  const { permissions = [], objections = [], restrictions = [], interest, breakGlass } = person;
  return {
    person: '00000000-0000-4000-8000-000000000001',
    links: linksOf(bundle, territory, person),
    relationships: relationship ? [held(looking, relationship)] : [],
    permissions: permissions.map(
      ({ type, holder = null, recipient = null, ...dated }): Permission => ({
        type,
        holder,
        recipientType: recipient,
        ...span(dated),
      }),
    ),
    objections: objections.map(
      ({ class: dataClass, holder = null, recipient = null, ...dated }): Objection => ({
        dataClass,
        holder,
        recipientType: recipient,
        decidedBy: 'data protection officer',
        ...span(dated),
      }),
    ),
    restrictions: restrictions.map((each) => restriction(looking, each)),
    interests: interest === undefined ? [] : [interestOf(interest)],
    breakGlass: breakGlass === undefined ? [] : [grant(looking, breakGlass)],
    callerTeams: [desk(looking, 'mine')],
  };
}

/** At noon of the case's day. */
export function callerOf({ day }: LookingOn, { inList, asked = 1 }: Person, practitioner: string): Caller {
  return { practitioner, now: noon(day), alone: !inList, asked };
}

export function desk({ partner }: Pick<Looking, 'partner'>, whose: 'mine' | 'another'): string {
  return `${partner}/${whose === 'mine' ? 'DESK-1' : 'DESK-2'}`;
}

function span({ from = '2000-01-01', until }: { from?: string; until?: string }) {
  return { from, until: until ?? null };
}

function linksOf(bundle: Bundle, { holders, sections }: Territory, { notLinked = [], match = 1 }: Person): Link[] {
  return holders
    .filter(({ code }) => !notLinked.includes(code))
    .flatMap(({ code, source }) => {
      const key = sections.find((section) => section.source === source)?.keyField;
      const type = [...bundle.identifiers.values()].find((each) => each.key === key);
      return type ? [{ holder: code, type: type.name, value: type.example, confidence: match }] : [];
    });
}

function held(
  { partner }: LookingOn,
  { type, assertedBy, standing = 'SELF', ...dated }: RelationshipFact,
): HeldRelationship {
  return {
    type,
    partner,
    practitioner: standing === 'SELF' ? ME : null,
    team: standing === 'SELF' ? null : 'DESK-1',
    assertedBy: assertedBy === 'me' ? ME : `${partner}:feed`,
    evidence: 'CASE-1',
    standing,
    cover: standing === 'COVER' ? 'COVER-1' : null,
    ...span(dated),
  };
}

function restriction(
  looking: LookingOn,
  { type, owner, lists = [], desks = [], unresolved = [], unreadable, ...dated }: RestrictionFact,
): Restriction {
  return {
    // A kind that the code does not know, as an import from a newer version might bring.
    type: type as Restriction['type'],
    owner: owner === 'own' ? looking.partner : owner,
    accounts: unreadable ? null : lists.map((who) => `${looking.partner}/${who === 'me' ? ME : 'SOMEBODY-ELSE'}`),
    desks: desks.map((whose) => desk(looking, whose)),
    unresolved,
    ...span(dated),
  };
}

function interestOf(interest: NonNullable<Person['interest']>): Interest {
  return typeof interest === 'string' ? { type: interest, ...span({}) } : { type: interest.type, ...span(interest) };
}

function grant({ role, purpose, day }: LookingOn, given: NonNullable<Person['breakGlass']>): BreakGlassGrant {
  const { ended, ...unusual } = given === true ? {} : given;
  const until = ended ? noon(day) : new Date(noon(day).getTime() + 1000);
  return { id: 'BREAK-GLASS-1', role, purpose, ...unusual, until };
}

function noon(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}
