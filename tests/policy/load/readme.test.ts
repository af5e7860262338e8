import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkShape, type SchemaName } from '../../../src/policy/load/shape.ts';
import { parseYaml } from '../../../src/policy/load/yaml.ts';
import { formatProblem, type Problem } from '../../../src/record/problem.ts';

const text = readFileSync('policies/README.md', 'utf8');
const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, example]) => example ?? '');

/** The examples of policies/README.md, in order. */
const SCHEMAS: SchemaName[] = [
  'data-classes',
  'identifiers',
  'partners',
  'desks',
  'purposes',
  'relationships',
  'permissions',
  'role',
  'agreement',
  'legal-gateways',
  'restrictions',
  'break-glass',
  'telling',
  'checks',
  'areas',
  'calendar',
  'gaps',
  'events',
  'referrals',
  'flags',
  'log-uses',
  'cases',
];

test('there is an example of every file', () => {
  expect(examples).toHaveLength(SCHEMAS.length);
});

describe.each(SCHEMAS.map((schema, index) => ({ schema, example: examples[index] ?? '' })))(
  '$schema',
  ({ schema, example }) => {
    test('its example has its shape', () => {
      const problems: Problem[] = [];
      const yaml = parseYaml({ name: 'README.md', text: example }, problems);
      if (yaml !== null) checkShape(yaml, schema, problems);
      expect(problems.map(formatProblem)).toEqual([]);
    });
  },
);
