import { type DayNumber, dayNumber } from './calendar.ts';
import type { Fact, LinkFact } from './fact.ts';
import { HOLDERS, includes } from './holders.ts';
import type { Numbering } from './identifiers.ts';
import { lifeOn } from './life.ts';
import { objectionFacts, permissionFacts } from './permissions.ts';
import type { Person } from './person.ts';
import type { Population } from './population.ts';
import { mix, stream } from './random.ts';
import { relationshipFacts } from './relationships.ts';
import { interestFacts, restrictionFacts } from './restrictions.ts';
import { teamFacts } from './teams.ts';

/** Teams first, then person by person: links, relationships, permissions, restrictions. Of who is sealed, nothing. */
export function* facts({ seed, size, anchor, people, numbering }: Population): Generator<Fact> {
  const anchorDay: DayNumber = dayNumber(anchor);
  yield* teamFacts(size, anchorDay);
  for (const person of people) {
    if (person.trait === 'sealed') continue;
    const uuid = personUuid(seed, person.index);
    const life = lifeOn(seed, anchorDay, person, anchorDay);
    yield* linkFacts(seed, person, uuid, numbering);
    yield* relationshipFacts(person, uuid, life, size, anchorDay);
    yield* permissionFacts(person, uuid, life, anchorDay);
    yield* objectionFacts(person, uuid, anchorDay);
    yield* restrictionFacts(person, uuid, { seed, size }, anchorDay);
    yield* interestFacts(person, uuid, anchorDay);
  }
}

/** Shaped as a version 8 UUID (RFC 9562: for uses of one's own). Its first word alone tells people apart. */
export function personUuid(seed: number, index: number): string {
  const words = [index, index + 1_000_003, index + 2_000_003, index + 3_000_017].map((word) =>
    mix(word ^ mix(seed))
      .toString(16)
      .padStart(8, '0'),
  );
  const [a = '', b = '', c = '', d = ''] = words;
  return `${a}-${b.slice(0, 4)}-8${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

function* linkFacts(seed: number, person: Person, uuid: string, numbering: Numbering): Generator<LinkFact> {
  const { next } = stream(seed, person.index, 'confidence');
  const { linked, weak } = person.links;
  for (const { code, identifier } of HOLDERS) {
    if (!includes(linked, code)) continue;
    const value = numbering.value(identifier, code, person);
    const draw = next();
    const isCertain = person.trait !== null || identifier === 'PRISON_NUMBER' || identifier === 'CRN';
    const usual = isCertain ? 1 : 0.95 + Math.floor(draw * 6) / 100;
    const confidence = includes(weak, code) ? 0.6 : usual;
    yield { kind: 'link', person: uuid, holder: code, type: identifier, value, confidence, current: true };
  }
  if (person.links.merged) {
    const value = numbering.formerPrisonNumber(person.index);
    const [holder, type] = ['hmpps-prisons', 'PRISON_NUMBER'];
    yield { kind: 'link', person: uuid, holder, type, value, confidence: 1, current: false };
  }
}
