import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Bundle } from '../policy/bundle.ts';
import type { Outcome, Question } from '../policy/report/explanation.ts';
import { parties } from '../policy/report/words.ts';
import type { Policy } from '../policy/territory.ts';
import type { SubjectFacts } from '../record/facts.ts';
import { didYouMean } from '../record/problem.ts';
import { type Command, EXIT, UsageError } from './command.ts';
import { CALLER, FACTS_FIELDS, NOBODY, readFacts } from './policy-facts.ts';
import { asOf, FILES, folder, readPolicy } from './policy-files.ts';
import { wrap } from './policy-wrap.ts';

export const policyExplainCommand: Command = {
  name: 'policy explain',
  summary: 'Say why one field would or would not be shown: every gate, in a sentence, with its reference.',
  options: {
    role: { value: 'ROLE', text: 'Who asks, such as work-coach.' },
    purpose: { value: 'PURPOSE', text: 'What for, such as BENEFITS_EMPLOYMENT.' },
    field: { value: 'TYPE.FIELD', text: 'What is asked, such as Custody.releaseDate.' },
    partner: { value: 'CODE', text: 'At which partner (default: every one that has the role, alike ones together).' },
    'as-of': { value: 'DAY', text: 'On which day, YYYY-MM-DD, by these policy files (default today).' },
    'subject-facts': { value: 'FILE', text: 'What is known of the person, as JSON; - reads standard input.' },
    json: { text: 'Print {role, purpose, field, class, handling, day, policy, subject, outcomes} as JSON.' },
    ...FILES,
  },
  details: [
    'Without --subject-facts: of a person with whom the caller has a relationship that carries the purpose, whom every\n' +
      'holder knows for sure, and of whom nothing else is known.',
    '',
    '--as-of goes by the agreements in force that day in the files as they are now. The files of then are those of the\n' +
      'policy that the entry in the audit log names: give them with --policies and --schema.',
    '',
    `--subject-facts is one JSON object of lists. A list left out is empty; a field in brackets may be left out. Days are\n` +
      `YYYY-MM-DD. The caller is the practitioner ${CALLER}: "accounts": ["northmere-police/${CALLER}"].\n` +
      FACTS_FIELDS.map((line) => `  ${line}`).join('\n'),
  ],
  exitCodes: {
    [EXIT.ok]: 'explained, whether it would be shown or not',
    [EXIT.usage]: 'bad options, facts or policy files: every problem is told',
  },
  run: async ({ option, switched }) => {
    const missing = ['role', 'purpose', 'field'].filter((name) => option(name) === undefined);
    if (missing.length > 0) throw new UsageError(missing.map((name) => `--${name} is missing`).join('\n'));
    const day = asOf(option);
    const policy = await readPolicy(folder('policies', option), folder('schema', option));
    const [role = '', purpose = '', field = ''] = ['role', 'purpose', 'field'].map(option);
    checkNames(policy, { role, purpose, field, partner: option('partner') });
    const { explanation, plainSubject } = await import('../policy/report/explanation.ts');
    const given = givenFacts(option('subject-facts'), policy.bundle);
    const facts = given ?? { ...plainSubject(policy, policy.bundle.purposes.get(purpose), CALLER), person: NOBODY };
    const question: Question = {
      role,
      purpose,
      field,
      day,
      partners: partnersOf(policy.bundle, role, option('partner')),
      caller: { practitioner: CALLER, now: new Date(`${day}T12:00:00Z`), alone: true, asked: 1 },
    };
    const outcomes = explanation(policy, question, facts);
    const answer = { policy, question, subject: given ? subjectGiven(given) : subjectAssumed(facts), outcomes };
    process.stdout.write(switched('json') ? toJson(answer) : describe(answer));
    return EXIT.ok;
  },
};

interface Answer {
  readonly policy: Policy;
  readonly question: Question;
  readonly subject: string;
  readonly outcomes: readonly Outcome[];
}

/** @throws UsageError with every name that the policy does not know */
function checkNames(
  { bundle, record }: Policy,
  { role, purpose, field, partner }: { role: string; purpose: string; field: string; partner: string | undefined },
): void {
  const sections = new Set(record.sections.flatMap(({ coordinates }) => coordinates));
  const classed = [...bundle.classOf.keys()].filter((coordinate) => sections.has(coordinate));
  const names: readonly (readonly [string, string | undefined, readonly string[]])[] = [
    ['role', role, [...bundle.roles.keys()]],
    ['purpose', purpose, [...bundle.purposes.keys()]],
    ['partner', partner, [...bundle.partners.keys()]],
  ];
  const problems = names.flatMap(([what, name, known]) =>
    name === undefined || known.includes(name) ? [] : [`there is no ${what} ${name}${nearest(name, known)}`],
  );
  if (bundle.envelope.has(field))
    problems.push(`${field} is in the envelope: it tells nothing of itself, and no gate is asked`);
  else if (bundle.governance.has(field))
    problems.push(`${field} is of the gateway's own work: a role's actions open it`);
  else if (bundle.messages.has(field)) problems.push(`${field} is sent, not shown: see policy matrix`);
  else if (!classed.includes(field)) {
    const ofType = classed.filter((name) => name.startsWith(`${field}.`));
    const near =
      ofType.length > 0 ? `; of that type there are ${ofType.join(', ')}` : nearest(field, classed, 'policy matrix');
    problems.push(`there is no field ${field}${near}`);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

/** The name that was meant, or all that there are, or what lists them. */
function nearest(name: string, known: readonly string[], listedBy?: string): string {
  return didYouMean(name, known) || (listedBy ? `; "${listedBy}" lists them` : `; there are ${known.join(', ')}`);
}

function partnersOf({ roles, partners }: Bundle, role: string, partner: string | undefined): string[] {
  if (partner !== undefined) return [partner];
  const types = roles.get(role)?.partnerTypes ?? [];
  return [...partners.values()].filter(({ type }) => types.includes(type)).map(({ code }) => code);
}

/** @throws UsageError with everything that is wrong with the file */
function givenFacts(path: string | undefined, bundle: Bundle): SubjectFacts | null {
  if (path === undefined) return null;
  const result = readFacts(parseFile(path), bundle);
  if ('facts' in result) return result.facts;
  throw new UsageError(result.problems.map((problem) => `--subject-facts: ${problem}`).join('\n'));
}

function parseFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch {
    throw new UsageError('--subject-facts names a file that cannot be read');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('--subject-facts must be JSON, one object');
  }
}

function subjectGiven(facts: SubjectFacts): string {
  const counts = Object.entries(facts).flatMap(([name, list]) => (Array.isArray(list) ? `${name} ${list.length}` : []));
  return `A person with the facts given: ${counts.join(', ')}.`;
}

function subjectAssumed({ relationships: [relationship] }: SubjectFacts): string {
  const known = relationship
    ? `a relationship with the caller of the type ${relationship.type}`
    : 'no relationship, since none carries the purpose';
  return `Assumed: a person with ${known}, known to every holder for sure, and nothing else. For another, see --subject-facts.`;
}

function toJson({ policy: { bundle }, question, subject, outcomes }: Answer): string {
  const { role, purpose, field, day } = question;
  const entry = bundle.classes.get(bundle.classOf.get(field) ?? '');
  const dataClass = { class: entry?.name, handling: entry?.handling };
  const answer = { role, purpose, field, ...dataClass, day, policy: bundle.hash, subject, outcomes };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

function describe({ policy: { bundle }, question, subject, outcomes }: Answer): string {
  const { role, purpose, field, day } = question;
  const entry = bundle.classes.get(bundle.classOf.get(field) ?? '');
  const head = [
    `${field}: ${entry?.description}. ${entry?.name}, ${entry?.handling}.`,
    `${bundle.roles.get(role)?.title}, for ${bundle.purposes.get(purpose)?.label} (${purpose}), on ${day}.`,
    `By the policy ${bundle.hash}.`,
    subject,
  ];
  return `${head.map((line) => wrap(line)).join('\n')}\n${outcomes.map((outcome) => describeOutcome(bundle, outcome)).join('')}`;
}

/** A gate that there was nothing to ask of: it says neither yes nor no. */
const NOT_ASKED = 'NO_VIEW';

function describeOutcome(bundle: Bundle, { effect, partners, holders, how, reasons }: Outcome): string {
  const whose = {
    own: 'from its own records',
    'each-other': 'from one another',
    across: `from ${parties(bundle, holders)}`,
  }[how];
  const against = reasons.filter(({ outcome, code }) => outcome === 'refuse' && code !== NOT_ASKED);
  const gates = [...new Set(against.map(({ gate }) => gate))].join(', ');
  const where = `at ${parties(bundle, partners)}, ${whose}`;
  const title = wrap(effect === 'SHOW' ? `SHOWN ${where}` : `WITHHELD ${where}. What says no: ${gates}`);
  const lines = reasons.map(({ gate, outcome, code, text, behind }) => {
    const lead = `  ${outcome === 'pass' ? 'yes' : code === NOT_ASKED ? '-- ' : 'NO '} ${gate.padEnd(13)}`;
    // One sentence stands for all partners of the outcome.
    const said = gate === 'partner' && outcome === 'pass' ? `Taking part: ${parties(bundle, partners)}.` : text;
    return [wrap(said, lead), ...behind.map((line) => wrap(line, ' '.repeat(lead.length)))].join('\n');
  });
  return `\n${title}\n${lines.join('\n')}\n`;
}
