import { didYouMean, type Problem, type SourceText } from '../../record/problem.ts';
import type { AgreementFile, PolicyFiles, ReadFiles, RoleFile } from './files.ts';
import { checkShape, type SchemaName } from './shape.ts';
import { parseYaml, type Yaml } from './yaml.ts';

/** Parses every text and checks its shape. A file with a problem is missing from the answer, and told in `problems`. */
export function parsePolicies(texts: readonly SourceText[], problems: Problem[]): ReadFiles {
  const failed = new Set(problems.map(({ file }) => file));
  for (const { name } of texts) {
    if (Object.hasOwn(SINGLE, name) || schemaOfFolder(name) !== undefined) continue;
    problems.push(problem(name, `there is no policy file of this name${didYouMean(name, Object.keys(SINGLE))}`));
  }
  const one = <T>(name: keyof typeof SINGLE): Yaml<T> | null => {
    const text = texts.find((candidate) => candidate.name === name);
    if (text !== undefined) return parse<T>(text, SINGLE[name], problems);
    if (!failed.has(name)) problems.push(problem(name, 'the file is missing'));
    return null;
  };
  const many = <T>(schema: SchemaName): Yaml<T>[] =>
    texts.flatMap((text) => (schemaOfFolder(text.name) === schema ? (parse<T>(text, schema, problems) ?? []) : []));
  const roles = many<RoleFile>('role');
  const everyRole = !problems.some(({ file }) => schemaOfFolder(file) === 'role');
  return {
    identifiers: one('identifiers.yaml'),
    dataClasses: one('data-classes.yaml'),
    purposes: one('purposes.yaml'),
    relationships: one('relationships.yaml'),
    permissions: one('permissions.yaml'),
    partners: one('partners.yaml'),
    legalGateways: one('legal-gateways.yaml'),
    desks: one('desks.yaml'),
    restrictions: one('restrictions.yaml'),
    breakGlass: one('break-glass.yaml'),
    telling: one('telling.yaml'),
    checks: one('checks.yaml'),
    areas: one('areas.yaml'),
    calendar: one('calendar.yaml'),
    gaps: one('gaps.yaml'),
    events: one('events.yaml'),
    referrals: one('referrals.yaml'),
    flags: one('flags.yaml'),
    logUses: one('log-uses.yaml'),
    roles,
    everyRole,
    agreements: many<AgreementFile>('agreement'),
  };
}

export function isComplete(files: ReadFiles): files is ReadFiles & PolicyFiles {
  return Object.values(files).every((file) => file !== null);
}

const SINGLE = {
  'identifiers.yaml': 'identifiers',
  'data-classes.yaml': 'data-classes',
  'purposes.yaml': 'purposes',
  'relationships.yaml': 'relationships',
  'permissions.yaml': 'permissions',
  'partners.yaml': 'partners',
  'legal-gateways.yaml': 'legal-gateways',
  'desks.yaml': 'desks',
  'restrictions.yaml': 'restrictions',
  'break-glass.yaml': 'break-glass',
  'telling.yaml': 'telling',
  'checks.yaml': 'checks',
  'areas.yaml': 'areas',
  'calendar.yaml': 'calendar',
  'gaps.yaml': 'gaps',
  'events.yaml': 'events',
  'referrals.yaml': 'referrals',
  'flags.yaml': 'flags',
  'log-uses.yaml': 'log-uses',
} as const satisfies Record<string, SchemaName>;

function schemaOfFolder(name: string): SchemaName | undefined {
  if (/^roles\/[^/]+\.yaml$/.test(name)) return 'role';
  return /^agreements\/[^/]+\.yaml$/.test(name) ? 'agreement' : undefined;
}

/** A good text is parsed once, however often it is checked and compiled again beside other files. */
const parsed = new WeakMap<SourceText, Yaml<unknown>>();

function parse<T>(text: SourceText, schema: SchemaName, problems: Problem[]): Yaml<T> | null {
  const yaml = parsed.get(text) ?? parseYaml(text, problems);
  if (yaml === null || !checkShape<T>(yaml, schema, problems)) return null;
  parsed.set(text, yaml);
  return yaml;
}

function problem(file: string, message: string): Problem {
  return { file, line: 1, col: 1, message };
}
