import { expect, it } from 'vitest';
import { createPopulation } from '../../../src/demo/population/population.ts';

it('makes 100,000 people and all their facts', () => {
  const population = createPopulation({ seed: 1, size: 100_000, anchor: '2026-09-01' });
  const people = new Set<string>();
  const counts = { link: 0, relationship: 0 };
  for (const fact of population.facts()) {
    if (fact.kind === 'link' || fact.kind === 'relationship') counts[fact.kind]++;
    if (fact.kind === 'link') people.add(fact.person);
  }
  expect(people.size).toBe(100_000 - population.traits().sealed.length);
  expect(counts.link).toBeGreaterThan(500_000);
  expect(counts.relationship).toBeGreaterThan(400_000);
  expect(population.traits().allowed).toHaveLength(500);
}, 60_000);
