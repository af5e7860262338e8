import { expect, inject, test } from 'vitest';
import { shuffled } from '../../src/demo/population/quota.ts';
import { stream } from '../../src/demo/population/random.ts';
import { chaos } from './chaos.ts';
import { FAULTS } from './faults.ts';

const SEED = 20_261_122;

/** Those that take little time. `npm run chaos` has all of them, for as long as one likes. */
const BRIEF = [
  'gateway killed while answering',
  'gateway paused while appending',
  'database killed while committing',
  'connection to the database reset while committed',
  'connection to the database reset while appending',
  'client gone before its answer',
  'database frozen',
];

test(`AUDIT-01 AUDIT-04 whatever fails under load, the log has every answer once (seed ${SEED})`, {
  timeout: 240_000,
}, async () => {
  const faults = FAULTS.filter(({ name }) => BRIEF.includes(name));
  expect(faults).toHaveLength(BRIEF.length);
  const anomalies = await chaos({
    neighbours: inject('surroundings'),
    seed: SEED,
    faults: shuffled(faults, stream(SEED, 0, 'order')),
    pace: 0,
    say: () => {},
  });
  expect(anomalies.slice(0, 20)).toEqual([]);
});
