import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import agreement from '../../../policies/schemas/agreement.json' with { type: 'json' };
import areas from '../../../policies/schemas/areas.json' with { type: 'json' };
import breakGlass from '../../../policies/schemas/break-glass.json' with { type: 'json' };
import calendar from '../../../policies/schemas/calendar.json' with { type: 'json' };
import cases from '../../../policies/schemas/cases.json' with { type: 'json' };
import checks from '../../../policies/schemas/checks.json' with { type: 'json' };
import dataClasses from '../../../policies/schemas/data-classes.json' with { type: 'json' };
import desks from '../../../policies/schemas/desks.json' with { type: 'json' };
import events from '../../../policies/schemas/events.json' with { type: 'json' };
import flags from '../../../policies/schemas/flags.json' with { type: 'json' };
import gaps from '../../../policies/schemas/gaps.json' with { type: 'json' };
import identifiers from '../../../policies/schemas/identifiers.json' with { type: 'json' };
import legalGateways from '../../../policies/schemas/legal-gateways.json' with { type: 'json' };
import logUses from '../../../policies/schemas/log-uses.json' with { type: 'json' };
import partners from '../../../policies/schemas/partners.json' with { type: 'json' };
import permissions from '../../../policies/schemas/permissions.json' with { type: 'json' };
import purposes from '../../../policies/schemas/purposes.json' with { type: 'json' };
import referrals from '../../../policies/schemas/referrals.json' with { type: 'json' };
import relationships from '../../../policies/schemas/relationships.json' with { type: 'json' };
import restrictions from '../../../policies/schemas/restrictions.json' with { type: 'json' };
import role from '../../../policies/schemas/role.json' with { type: 'json' };
import telling from '../../../policies/schemas/telling.json' with { type: 'json' };
import { didYouMean, type Problem } from '../../record/problem.ts';
import type { Path, Yaml } from './yaml.ts';

/**
 * The product's own schemas, wherever the policies are: they are what the loader can read, and no folder may widen them.
 */
const SCHEMAS = {
  agreement,
  areas,
  'break-glass': breakGlass,
  calendar,
  cases,
  checks,
  'data-classes': dataClasses,
  desks,
  events,
  flags,
  gaps,
  identifiers,
  'legal-gateways': legalGateways,
  'log-uses': logUses,
  partners,
  permissions,
  purposes,
  referrals,
  relationships,
  restrictions,
  role,
  telling,
} as const;

export type SchemaName = keyof typeof SCHEMAS;

const ajv = new Ajv({ allErrors: true, verbose: true, strictRequired: false });
const validators = new Map<SchemaName, ValidateFunction>(
  Object.entries(SCHEMAS).map(([name, schema]) => [name as SchemaName, ajv.compile(schema)]),
);

/** Whether a file has the shape of its schema; each place where it has not is a problem. */
export function checkShape<T>(file: Yaml<unknown>, schema: SchemaName, problems: Problem[]): file is Yaml<T> {
  const validate = validators.get(schema);
  if (validate === undefined) throw new Error(`no schema ${schema}`);
  if (validate(file.content)) return true;
  for (const error of validate.errors ?? []) problems.push(...describe(file, error));
  return false;
}

function describe(file: Yaml<unknown>, error: ErrorObject): Problem[] {
  const path = pathOf(file.content, error.instancePath);
  const { params, data } = error;
  const parent = error.parentSchema as { description?: string; properties?: object } | undefined;
  const tell = (message: string, at: Path = path, on: 'value' | 'key' = 'value') => [file.problemAt(at, message, on)];
  switch (error.keyword) {
    // Each of these comes with another error that says what is wrong.
    case 'if':
    case 'propertyNames':
      return [];
    case 'required':
      return tell(`${params['missingProperty']} is missing`, path, 'key');
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      return tell(
        `unknown key ${show(key)}${didYouMean(key, Object.keys(parent?.properties ?? {}))}`,
        [...path, key],
        'key',
      );
    }
    case 'false schema':
      return tell(`${path.at(-1)} has no place here`, path, 'key');
    case 'enum':
    case 'const': {
      if (parent?.description && error.keyword === 'const') return tell(`${show(data)} is not ${parent.description}`);
      const allowed = (params['allowedValues'] ?? [params['allowedValue']]) as string[];
      const hint = typeof data === 'string' ? didYouMean(data, allowed) : '';
      return tell(`${show(data)} is not one of ${allowed.join(', ')}${hint}`);
    }
    case 'uniqueItems':
      return tell('this is in the list already', [...path, params['i']]);
    case 'type':
      return tell(`${show(data)} is not ${NOUNS[params['type'] as string] ?? params['type']}`);
    case 'minItems':
    case 'minProperties':
      return tell('this may not be empty', path, 'key');
    default: {
      // A pattern or a bound, which its description puts in words. A bad key is told at the key.
      const wanted = parent?.description ?? error.message ?? 'what the schema asks';
      if (error.propertyName === undefined) return tell(`${show(data)} is not ${wanted}`);
      return tell(`${show(error.propertyName)} is not ${wanted}`, [...path, error.propertyName], 'key');
    }
  }
}

const NOUNS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
};

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping';
  const text = String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** From a JSON Pointer, with list indexes as numbers. */
function pathOf(content: unknown, pointer: string): Path {
  const path: (string | number)[] = [];
  let value = content;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return path;
}
