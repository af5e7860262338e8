import { describe, expect, it } from 'vitest';
import { dayNumber } from '../../../src/demo/population/calendar.ts';
import { FIGURES, WOMEN_SHARE } from '../../../src/demo/population/figures.ts';
import { createPopulation } from '../../../src/demo/population/population.ts';
import { type Answers, allAnswers, only } from './answers.ts';

const ANCHOR = '2026-09-01';

/** Each figure's base and the part of it that counts, found in what the partners answer and nowhere else. */
const MEASURES: Record<keyof typeof FIGURES, { base: (a: Answers) => boolean; counts: (a: Answers) => boolean }> = {
  settledAtThreeMonths: {
    base: (a) => typeof only(a, 'accommodation')?.['settledAtThreeMonths'] === 'boolean',
    counts: (a) => only(a, 'accommodation')?.['settledAtThreeMonths'] === true,
  },
  housedOnFirstNight: {
    base: (a) => isReleased(a) && only(a, 'accommodation') !== null,
    counts: (a) => !String(only(a, 'accommodation')?.['firstNightType']).startsWith('A08'),
  },
  settledOnFirstNight: {
    base: (a) => isReleased(a) && only(a, 'accommodation') !== null,
    counts: (a) => only(a, 'accommodation')?.['firstNightSettled'] === true,
  },
  employedAtSixMonths: { base: isMeasuredInWork, counts: isInWork },
  employedWomen: { base: (a) => isMeasuredInWork(a) && only(a, 'identity')?.['sex'] === 'FEMALE', counts: isInWork },
  employedMen: { base: (a) => isMeasuredInWork(a) && only(a, 'identity')?.['sex'] === 'MALE', counts: isInWork },
  employedBlack: {
    base: (a) => isMeasuredInWork(a) && only(a, 'identity')?.['ethnicity'] === 'BLACK_OR_BLACK_BRITISH',
    counts: isInWork,
  },
  employedWhite: {
    base: (a) => isMeasuredInWork(a) && only(a, 'identity')?.['ethnicity'] === 'WHITE',
    counts: isInWork,
  },
  treatmentEngaged: {
    base: (a) =>
      typeof only(a, 'treatment')?.['engaged'] === 'boolean' && day(only(a, 'treatment')?.['dueBy']) <= today,
    counts: (a) => only(a, 'treatment')?.['engaged'] === true,
  },
  recalledWithinNineMonths: { base: (a) => firstRelease(a) <= today - 274, counts: (a) => recalledAfter(a) <= 274 },
  recalledWithin28Days: {
    base: (a) => firstRelease(a) <= today - 274 && recalledAfter(a) <= 274,
    counts: (a) => recalledAfter(a) <= 28,
  },
  handoverMissed: {
    base: (a) => ['HELD', 'MISSED'].includes(String(only(a, 'custody')?.['handover'])),
    counts: (a) => only(a, 'custody')?.['handover'] === 'MISSED',
  },
  domesticAbuseChecked: {
    base: (a) => isReleased(a) && checkState(a, 'DOMESTIC_ABUSE') !== null,
    counts: (a) => checkState(a, 'DOMESTIC_ABUSE') === 'CONSIDERED',
  },
  childrensChecked: {
    base: (a) => isReleased(a) && checkState(a, 'CHILDRENS_SERVICES') !== null,
    counts: (a) => checkState(a, 'CHILDRENS_SERVICES') === 'CONSIDERED',
  },
};

describe.each([
  { seed: 1, size: 1000 },
  { seed: 1, size: 2000 },
  { seed: 20, size: 2000 },
  { seed: 3, size: 5000 },
])('seed $seed, $size people', ({ seed, size }) => {
  const answers = allAnswers(createPopulation({ seed, size, anchor: ANCHOR }));

  it.each(Object.keys(FIGURES) as (keyof typeof FIGURES)[])('%s is as published, to the nearest per cent', (name) => {
    const base = answers.filter(MEASURES[name].base);
    const counted = base.filter(MEASURES[name].counts);
    expect(Math.round((100 * counted.length) / base.length)).toBe(Math.round(100 * FIGURES[name].share));
  });

  it('most recalls are not for an offence', () => {
    const reasons = answers.map((a) => only(a, 'supervision')?.['recallReason']).filter((reason) => reason !== null);
    const offences = reasons.filter((reason) => reason === 'FURTHER_OFFENCE_CHARGED');
    expect(offences.length / reasons.length).toBeLessThan(0.3);
    expect(offences.length).toBeGreaterThan(0);
  });

  it('the share of women is the one that the employment figures imply', () => {
    const women = answers.filter((a) => only(a, 'identity')?.['sex'] === 'FEMALE');
    expect(women.length / answers.length).toBeCloseTo(WOMEN_SHARE, 1);
    expect(WOMEN_SHARE).toBeCloseTo(0.1);
  });
});

const today = dayNumber(ANCHOR);

function day(text: unknown): number {
  return typeof text === 'string' ? dayNumber(text) : Number.POSITIVE_INFINITY;
}

function firstRelease(answers: Answers): number {
  const releases = only(answers, 'custody')?.['releases'] as { date: string }[] | undefined;
  return day(releases?.[0]?.date);
}

function isReleased(answers: Answers): boolean {
  return firstRelease(answers) <= today;
}

function recalledAfter(answers: Answers): number {
  return day(only(answers, 'supervision')?.['recallDate']) - firstRelease(answers);
}

function isMeasuredInWork(answers: Answers): boolean {
  return ['EMPLOYED', 'NOT_EMPLOYED'].includes(String(only(answers, 'employment')?.['employedAtSixMonths']));
}

function isInWork(answers: Answers): boolean {
  return only(answers, 'employment')?.['employedAtSixMonths'] === 'EMPLOYED';
}

function checkState(answers: Answers, type: string): string | null {
  const checks = only(answers, 'supervision')?.['checks'] as { type: string; state: string }[] | undefined;
  return checks?.find((check) => check.type === type)?.state ?? null;
}
