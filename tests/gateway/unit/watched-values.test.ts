import { buildSchema, type GraphQLObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { selectionOf, valuesAt } from '../../../src/gateway/events/watched-values.ts';
import { printSelection } from '../../../src/record/selection.ts';

const schema = buildSchema(`
  type Query { section: Section }
  type Section { date: String  address: Address  conditions: [Condition!] }
  type Address { line: String  postcode: String }
  type Condition { category: String  text: String }
`);
const section = schema.getType('Section') as GraphQLObjectType;

test('nothing is selected beside what is watched', () => {
  const watched = new Set(['Section.date', 'Address.postcode', 'Condition.category', 'Other.field']);
  expect(printSelection(selectionOf(section, watched))).toBe('address { postcode } conditions { category } date');
  expect(selectionOf(section, new Set(['Other.field'])).size).toBe(0);
});

test('values are found wherever their coordinate stands, in their order', () => {
  const value = { asOf: 'x', date: 'd', address: null, conditions: [{ category: 'b' }, { category: 'a' }] };
  expect(valuesAt(section, value, 'Section.date')).toEqual(['d']);
  expect(valuesAt(section, value, 'Address.postcode')).toEqual([]);
  expect(valuesAt(section, value, 'Condition.category')).toEqual(['b', 'a']);
  expect(valuesAt(section, null, 'Section.date')).toEqual([]);
  expect(valuesAt(section, { date: null }, 'Section.date')).toEqual([null]);
});
