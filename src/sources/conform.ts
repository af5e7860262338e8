import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { isDay } from '../record/day.ts';
import type { Selection } from '../record/selection.ts';

/** Items of one list. Each costs every caller of the gateway a little time. */
const LONGEST_LIST = 1_000;

/**
 * Whether a holder's value is exactly what was asked for: every selected field and no other, each of its type. A holder
 * that answers with more than was asked has its answer refused (SHARE-09).
 *
 * @returns null when it is, else what is wrong, by coordinate and never by value
 */
export function nonconformity(
  type: GraphQLObjectType,
  selection: Selection,
  value: unknown,
  asOf: 'asOf' | null,
): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${type.name} is not an object`;
  const given = Object.keys(value);
  const record = value as Record<string, unknown>;
  // Below a section, an object of which nothing else is wanted is asked for its `__typename`.
  const typeOnly = asOf === null && selection.size === 0;
  for (const field of given) {
    if (!selection.has(field) && field !== asOf && !(field === '__typename' && typeOnly))
      return `${type.name} has a field that was not asked for`;
  }
  if (typeOnly && record['__typename'] !== type.name) return `${type.name} is something else`;
  if (asOf && !isDateTime(record[asOf])) return `${type.name}.asOf is not a date and time`;
  for (const [field, below] of selection) {
    if (!Object.hasOwn(record, field)) return `${type.name}.${field} is missing`;
    const fieldType = type.getFields()[field]?.type;
    const wrong = fieldType
      ? wrongValue(fieldType, below, record[field], `${type.name}.${field}`)
      : `${type.name}.${field} is unknown`;
    if (wrong) return wrong;
  }
  return null;
}

function wrongValue(type: GraphQLOutputType, below: Selection | null, value: unknown, at: string): string | null {
  if (isNonNullType(type)) return value === null ? `${at} is null` : wrongValue(type.ofType, below, value, at);
  if (value === null) return null;
  if (isListType(type)) {
    if (!Array.isArray(value)) return `${at} is not a list`;
    if (value.length > LONGEST_LIST) return `${at} is a list of more than ${LONGEST_LIST}`;
    for (const item of value) {
      const wrong = wrongValue(type.ofType, below, item, at);
      if (wrong) return wrong;
    }
    return null;
  }
  if (isObjectType(type)) return nonconformity(type, below ?? new Map(), value, null);
  if (isEnumType(type))
    return typeof value === 'string' && type.getValue(value) ? null : `${at} is not one of ${type.name}`;
  return SCALARS[type.name]?.(value) ? null : `${at} is not a ${type.name}`;
}

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: isText,
  ID: isText,
  Boolean: (value) => typeof value === 'boolean',
  Int: (value) => Number.isInteger(value) && Math.abs(value as number) <= 0x7fff_ffff,
  Float: (value) => Number.isFinite(value),
  Date: (value) => typeof value === 'string' && isDay(value),
  DateTime: isDateTime,
};

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed();
}

/** RFC 3339, in which no hour is the 24th. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T(?!24)\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

function isDateTime(value: unknown): boolean {
  if (typeof value !== 'string' || !DATE_TIME.test(value)) return false;
  const day = Number(value.slice(8, 10));
  // Date.parse accepts 30 February; its day of the month then differs.
  return !Number.isNaN(Date.parse(value)) && new Date(`${value.slice(0, 10)}T00:00:00Z`).getUTCDate() === day;
}
