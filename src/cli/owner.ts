import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readKeys } from '../config.ts';
import type { IdentifierCheck } from '../policy/bundle.ts';
import { factNames } from '../policy/fact-names.ts';
import { checkIdentifier } from '../policy/identifier.ts';
import type { FactNames } from '../record/fact-names.ts';
import { didYouMean } from '../record/problem.ts';
import type { Sealing } from '../store/sealed.ts';
import { UsageError } from './command.ts';
import { readPolicy } from './policy-files.ts';

/** The owner's URL of the database. @throws UsageError where the environment has none */
export function ownerUrlFromEnvironment(): string {
  const url = process.env['DATABASE_OWNER_URL'];
  if (!url) throw new UsageError('DATABASE_OWNER_URL is missing: set it to the PostgreSQL URL of the owner');
  return url;
}

/**
 * What it takes to know sealed people; undefined where the environment names no key.
 * @throws UsageError where the key or the policy's identifiers cannot be read
 */
export function sealingFromEnvironment(): Sealing | undefined {
  const file = process.env['AUDIT_HMAC_KEY_FILE'];
  if (!file) return undefined;
  const keys = readKeys(file);
  if (keys.length === 0) {
    throw new UsageError('AUDIT_HMAC_KEY_FILE must be the file of the gateway’s keys, of at least 32 bytes a line');
  }
  return { keys, issuedByHolder: typesIssuedByHolder() };
}

/**
 * The names that facts may use: those of the policy in POLICIES_DIR, for the schema in SCHEMA_DIR.
 * @throws PolicyError or SchemaError with every problem
 */
export async function factNamesInForce(): Promise<FactNames> {
  const schema = process.env['SCHEMA_DIR'] || fileURLToPath(new URL('../../schema', import.meta.url));
  const { bundle } = await readPolicy(policyFile('.'), schema);
  return factNames(bundle);
}

function typesIssuedByHolder(): ReadonlySet<string> {
  const file = policyFile('identifiers.yaml');
  const types = Object.entries(readYaml(file)).map(([type, entry]) => ({ type, issuedBy: entry?.['issuedBy'] }));
  if (types.length === 0 || !types.every(({ issuedBy }) => issuedBy === 'holder' || issuedBy === 'nation')) {
    throw new UsageError(`${file} must say who issues each type of identifier: see "throughgate policy check"`);
  }
  return new Set(types.filter(({ issuedBy }) => issuedBy === 'holder').map(({ type }) => type));
}

/**
 * What is wrong with an identifier by which somebody is named: sealing answers the same whether or not it finds anybody,
 * so a slip of the hand would go unseen. Repeats no value.
 */
export function identifierProblems(type: string, value: string, holder: string | null): string[] {
  const types = readYaml(policyFile('identifiers.yaml'));
  const partners = Object.keys(readYaml(policyFile('partners.yaml'))['partners'] ?? {});
  const problems: string[] = [];
  const { pattern, check, example } = types[type] ?? {};
  if (!Object.hasOwn(types, type)) {
    const known = Object.keys(types);
    problems.push(`--type: there is no ${type}${didYouMean(type, known) || `; there are ${known.join(', ')}`}`);
  } else if (!checkIdentifier({ pattern: new RegExp(String(pattern)), check: check as IdentifierCheck }, value)) {
    problems.push(
      `--identifier is not a well-formed ${type}, such as ${example}; a person may be named by --person too`,
    );
  }
  if (holder !== null && !partners.includes(holder)) {
    problems.push(`--holder: there is no partner ${holder}${didYouMean(holder, partners)}`);
  }
  return problems;
}

function policyFile(name: string): string {
  return join(process.env['POLICIES_DIR'] || fileURLToPath(new URL('../../policies', import.meta.url)), name);
}

function readYaml(file: string): Readonly<Record<string, Readonly<Record<string, unknown>> | null>> {
  try {
    return parse(readFileSync(file, 'utf8')) ?? {};
  } catch {
    throw new UsageError(`${file} cannot be read: see "throughgate policy check"`);
  }
}
