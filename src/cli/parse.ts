import { parseArgs } from 'node:util';
import { didYouMean } from '../record/problem.ts';
import { type Command, type Input, UsageError } from './command.ts';

/**
 * Reads a command's arguments and options.
 * @throws UsageError listing everything that is wrong with them
 */
export function parse(command: Command, argv: readonly string[]): Input {
  const options = Object.entries(command.options);
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(options.map(([name, { value }]) => [name, { type: value ? 'string' : 'boolean' }])),
    // Our own checks below tell every mistake at once, and name the nearest option.
    strict: false,
    tokens: true,
  });
  const given = tokens.filter((token) => token.kind === 'option');
  const positionals = tokens.filter((token) => token.kind === 'positional').map(({ value }) => value);
  const problems = [
    ...given.flatMap((token) => optionProblem(command, token)),
    ...argumentProblems(command.arguments?.split(' ') ?? [], positionals),
  ];
  if (problems.length > 0) {
    throw new UsageError([...problems, `See "throughgate ${command.name} --help".`].join('\n'));
  }
  const values = new Map(given.map(({ name, value }) => [name, value]));
  return {
    arguments: positionals,
    option: (name) => values.get(name),
    switched: (name) => values.has(name),
  };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function optionProblem(command: Command, { name, rawName, value, inlineValue }: OptionToken): string[] {
  const option = command.options[name];
  if (option === undefined || !rawName.startsWith('--')) {
    const names = [...Object.keys(command.options), 'help'].map((known) => `--${known}`);
    return [`${command.name} has no option ${rawName}${didYouMean(rawName, names)}`];
  }
  if (option.value === undefined) {
    return value === undefined ? [] : [`${rawName} takes no value`];
  }
  // A single dash is standard input.
  const another = value !== '-' && value?.startsWith('-') && inlineValue !== true;
  const missing = value === undefined || value === '' || another;
  return missing ? [`${rawName} needs a value: ${rawName} ${option.value}`] : [];
}

function argumentProblems(wanted: readonly string[], given: readonly string[]): string[] {
  return [
    ...wanted.slice(given.length).map((name) => `${name} is missing`),
    ...given.slice(wanted.length).map((word) => `"${word}" is one argument too many`),
  ];
}
