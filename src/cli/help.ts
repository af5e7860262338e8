import type { Command } from './command.ts';

/** The help of the whole program, or of the commands that begin with `prefix`, e.g. `policy`. */
export function overview(commands: readonly Command[], prefix = ''): string {
  const shown = commands.filter((command) => prefix === '' || command.name.startsWith(`${prefix} `));
  return [
    `Usage: throughgate ${prefix === '' ? '' : `${prefix} `}<command> [options]`,
    '',
    ...table(shown.map((command) => [command.name, command.summary])),
    '',
    "throughgate <command> --help tells a command's options and exit codes.",
    '',
  ].join('\n');
}

/** The help of one command. */
export function describe(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]): [string, string] => [
    option.value === undefined ? `--${name}` : `--${name} ${option.value}`,
    option.text,
  ]);
  const usage = ['throughgate', command.name, command.arguments, '[options]'].filter((part) => part !== undefined);
  return [
    `Usage: ${usage.join(' ')}`,
    '',
    command.summary,
    ...(command.details ? ['', ...command.details] : []),
    '',
    'Options:',
    ...table([...options, ['--help', 'Show this.']]),
    '',
    'Exit codes:',
    ...table(Object.entries(command.exitCodes)),
    '',
  ].join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}
