import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dayNumber } from '../../../src/demo/population/calendar.ts';
import { createPopulation, type Population } from '../../../src/demo/population/population.ts';
import { type Answers, allAnswers, noon, only, sectionsOf } from './answers.ts';

const ANCHOR = '2026-09-01';
const population = createPopulation({ seed: 1, size: 1000, anchor: ANCHOR });
const answers = allAnswers(population);

describe('determinism', () => {
  it('makes the same bytes from the same seed, size and anchor, and others from another seed', () => {
    const small = { seed: 9, size: 300, anchor: ANCHOR };
    const bytes = digest(createPopulation(small));
    expect(digest(createPopulation(small))).toBe(bytes);
    expect(digest(createPopulation({ ...small, seed: 10 }))).not.toBe(bytes);
  });

  it('does not depend on whom was asked about before', () => {
    const [first, second] = population.people;
    if (!first || !second) throw new Error('The population is empty.');
    const before = sectionsOf(population, 'hmpps-prisons', first);
    sectionsOf(population, 'hmpps-prisons', second);
    expect(sectionsOf(population, 'hmpps-prisons', first)).toEqual(before);
  });
});

describe('bounds', () => {
  it.each([199, 400_001, 2.5, Number.NaN])('refuses a size of %d', (size) => {
    expect(() => createPopulation({ seed: 1, size, anchor: ANCHOR })).toThrow(/from 200 to 400000 people/);
  });

  it('refuses an anchor that is not a day', () => {
    expect(() => createPopulation({ seed: 1, size: 200, anchor: 'today' })).toThrow(/YYYY-MM-DD/);
  });

  it('makes the smallest population', () => {
    expect(allAnswers(createPopulation({ seed: 1, size: 200, anchor: ANCHOR }))).toHaveLength(200);
  });
});

describe('finding', () => {
  it('knows nobody by a number that is not theirs, well formed or not', () => {
    const strange = createPopulation({ seed: 2, size: 1000, anchor: ANCHOR });
    const foreign = strange.people.map((person) => strange.numbering.value('CRN', 'probation-service', person));
    expect(foreign.filter((crn) => population.find('probation-service', crn) !== null).length).toBeLessThan(5);
    expect(population.find('probation-service', 'nobody')).toBeNull();
  });

  it('knows a merged person at the prison service by the present number only', () => {
    const merged = population.people.filter((person) => person.links.merged);
    expect(merged.length).toBeGreaterThan(0);
    for (const { index } of merged) {
      expect(population.find('hmpps-prisons', population.numbering.formerPrisonNumber(index))).toBeNull();
    }
  });

  it('refuses a PNC id with another year, though its serial is right', () => {
    const person = population.people.find(({ links }) => links.linked === (1 << 12) - 1);
    if (!person) throw new Error('Nobody is linked everywhere.');
    const value = population.numbering.value('PNC_ID', 'northmere-police', person);
    const other = population.numbering.value('PNC_ID', 'northmere-police', { ...person, pncYear: person.pncYear + 1 });
    expect(population.find('northmere-police', value)).toBe(person);
    expect(population.find('northmere-police', other)).toBeNull();
  });
});

// Tried from before the anchor to long after it, since the clock can be moved.
describe.each([-20, 0, 1, 90, 500])('%i days after the anchor, what is answered hangs together', (days) => {
  const now = new Date(noon(population).getTime() + days * 86_400_000);
  const today = Math.floor(now.getTime() / 86_400_000);
  const then = days === 0 ? answers : allAnswers(population, now);
  const past = (text: unknown) => day(text) <= today;

  it('in custody and supervision', () => {
    for (const person of then) {
      const [custody, supervision, identity] = [
        section(person, 'custody'),
        section(person, 'supervision'),
        section(person, 'identity'),
      ];
      const releases = custody['releases'] as { date: string; type: string }[];
      const dates = releases.map(({ date }) => date);
      expect(dates).toEqual([...dates].sort());
      expect(dates.every(past)).toBe(true);
      expect(day(custody['sentenceStartDate'])).toBeLessThan(day(dates[0] ?? custody['releaseDate']));
      expect(day(identity['dateOfBirth']) + 18 * 365).toBeLessThan(day(custody['sentenceStartDate']));
      const isOut = custody['status'] === 'RELEASED';
      expect(isOut).toBe(releases.length > 0 && past(custody['releaseDate']));
      expect(custody['status'] === 'RECALLED').toBe(!isOut && releases.length > 0);
      expect(supervision['recallDate'] !== null).toBe(custody['status'] === 'RECALLED' || releases.length === 2);
      expect(supervision['recallType'] !== null).toBe(supervision['recallDate'] !== null);
      if (supervision['recallDate'] !== null) {
        expect(day(supervision['recallDate'])).toBeGreaterThan(day(dates[0]));
        expect(day(supervision['recallDate'])).toBeLessThanOrEqual(Math.min(today, day(dates[1])));
      }
      if (supervision['licenceEndDate'] !== null) {
        expect(day(supervision['licenceEndDate'])).toBeGreaterThanOrEqual(day(supervision['licenceStartDate']));
      }
      const appointment = supervision['firstAppointment'] as { at: string; attendance: string };
      expect(appointment.at.slice(0, 10) >= String(supervision['licenceStartDate'])).toBe(true);
      expect(appointment.attendance === 'NOT_YET').toBe(day(appointment.at.slice(0, 10)) >= today);
    }
  });

  it('in checks and handover', () => {
    for (const person of then) {
      const custody = section(person, 'custody');
      expect(['HELD', 'MISSED'].includes(String(custody['handover']))).toBe(past(custody['handoverDate']));
      for (const check of section(person, 'supervision')['checks'] as Record<string, string | null>[]) {
        const { askedOn, returnedOn, consideredOn } = check;
        const dated = [askedOn, returnedOn, consideredOn].filter((date) => date !== null);
        expect(dated).toEqual([...dated].sort());
        expect(dated.every(past)).toBe(true);
        expect(['NOT_ASKED', 'ASKED', 'RETURNED', 'CONSIDERED'].indexOf(String(check['state']))).toBe(dated.length);
      }
    }
  });

  it('in risk', () => {
    for (const person of then) {
      const [custody, risk] = [section(person, 'custody'), section(person, 'risk')];
      const isLong = custody['sentenceLengthDays'] === null || Number(custody['sentenceLengthDays']) >= 365;
      if (custody['offenceCategory'] === 'SEXUAL') expect(risk['mappaCategory']).toBe('CATEGORY_1');
      if (risk['mappaCategory'] === 'CATEGORY_1') expect(custody['offenceCategory']).toBe('SEXUAL');
      if (risk['mappaCategory'] === 'CATEGORY_2')
        expect([custody['offenceCategory'], isLong]).toEqual(['VIOLENCE', true]);
      expect(risk['mappaLevel'] === null).toBe(risk['mappaCategory'] === null);
      expect(past(risk['assessedOn'])).toBe(true);
      expect(day(risk['nextReviewOn'])).toBeGreaterThan(today);
    }
  });

  it('in outcomes, which wait for their measuring points', () => {
    for (const person of then) {
      const custody = section(person, 'custody');
      const releases = custody['releases'] as { date: string }[];
      const daysOut = today - day(releases.at(-1)?.date);
      for (const held of person.held['accommodation'] ?? []) {
        if (!(daysOut >= 91)) expect(held['settledAtThreeMonths']).toBeNull();
        expect(Number(held['temporaryNightsUsed'])).toBeLessThanOrEqual(84);
        expect(held['temporaryFrom'] !== null).toBe(held['firstNightType'] === 'A17_CAS3');
        expect(held['dutyToRefer'] !== null).toBe(held['agreedToReferOn'] !== null);
        if (held['agreedToReferOn'] !== null) expect(past(held['agreedToReferOn'])).toBe(true);
      }
      const work = only(person, 'employment');
      if (work && !(daysOut >= 182)) expect(work['employedAtSixMonths']).toBe('NOT_YET');
      if (work && !(daysOut >= 42)) expect(work['employedAtSixWeeks']).toBe('NOT_YET');
      for (const held of person.held['treatment'] ?? []) {
        expect(held['engagedOn'] !== null).toBe(held['engaged'] === true);
        if (held['engaged'] === true) expect(held['referral']).toBe('ACCEPTED');
        if (held['engagedOn'] !== null) expect(day(held['engagedOn'])).toBeLessThanOrEqual(day(held['dueBy']));
        if (held['referral'] === 'NOT_SENT') expect([held['referredOn'], held['engaged']]).toEqual([null, null]);
        if (held['referredOn'] !== null) expect(past(held['referredOn'])).toBe(true);
      }
    }
  });

  it('in police and children’s sections', () => {
    for (const person of then) {
      const custody = section(person, 'custody');
      for (const held of person.held['policing'] ?? []) {
        expect(held['notificationRequirement']).toBe(custody['offenceCategory'] === 'SEXUAL');
        const items = [held['asSuspect'], held['asVictim'], held['asWitness']].flat() as { on: string }[];
        expect(items.every(({ on }) => past(on))).toBe(true);
      }
      for (const held of person.held['childrens'] ?? []) {
        expect(held['children']).toHaveLength(Number(held['linkedChildren']));
        if (held['plan'] === 'NONE') expect(held['planReviewOn']).toBeNull();
        else expect(day(held['planFrom'])).toBeLessThan(day(held['planReviewOn']));
      }
    }
  });

  it('in ages: fresh sections are hours old, stale ones more than sixty days', () => {
    for (const { person, held } of then) {
      const ages = Object.values(held)
        .flat()
        .map(({ asOf }) => (now.getTime() - Date.parse(String(asOf))) / 3_600_000);
      if (person.links.stale === 0) expect(ages.every((hours) => hours >= 0 && hours <= 11)).toBe(true);
      if (days >= 0 && person.trait === 'stale') expect(ages.every((hours) => hours > 60 * 24)).toBe(true);
    }
  });
});

function section(person: Answers, name: string): Record<string, unknown> {
  const value = only(person, name);
  if (value === null) throw new Error(`Person ${person.person.index} has no ${name}.`);
  return value;
}

function day(text: unknown): number {
  return typeof text === 'string' ? dayNumber(text) : Number.POSITIVE_INFINITY;
}

function digest(of: Population): string {
  const hash = createHash('sha256');
  for (const fact of of.facts()) hash.update(JSON.stringify(fact));
  hash.update(JSON.stringify(of.traits()));
  for (const { held } of allAnswers(of)) hash.update(JSON.stringify(held));
  return hash.digest('hex');
}
