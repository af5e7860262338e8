import process from 'node:process';
import { inspect } from 'node:util';
import { StartError } from '../demo/start/start-error.ts';
import { didYouMean } from '../record/problem.ts';
import { auditCaseFileCommand } from './audit-case-file.ts';
import { auditConsistencyCommand } from './audit-consistency.ts';
import { auditCorrectionCommand } from './audit-correction.ts';
import { auditEraseTextCommand } from './audit-erase-text.ts';
import { auditExplainCommand } from './audit-explain.ts';
import { auditExportCommand } from './audit-export.ts';
import { auditFsckCommand } from './audit-fsck.ts';
import { auditHoldCommand } from './audit-hold.ts';
import { auditIncidentCommand } from './audit-incident.ts';
import { auditKeyCommand } from './audit-key.ts';
import { auditNamesCommand } from './audit-names.ts';
import { auditProveCommand } from './audit-prove.ts';
import { auditRetireCommand } from './audit-retire.ts';
import { auditSubjectCommand } from './audit-subject.ts';
import { auditVerifyCommand } from './audit-verify.ts';
import { auditVerifyExportCommand } from './audit-verify-export.ts';
import { type Command, EXIT, UsageError } from './command.ts';
import { databaseFault } from './database-fault.ts';
import { demoCommand } from './demo.ts';
import { gatewayCommand } from './gateway.ts';
import { describe, overview } from './help.ts';
import { linksImportCommand } from './links-import.ts';
import { linksSealCommand } from './links-seal.ts';
import { parse } from './parse.ts';
import { policyCheckCommand } from './policy-check.ts';
import { policyDiffCommand } from './policy-diff.ts';
import { policyExplainCommand } from './policy-explain.ts';
import { policyMatrixCommand } from './policy-matrix.ts';
import { restrictionsImportCommand } from './restrictions-import.ts';
import { startCommand } from './start.ts';
import { tokenCommand } from './token.ts';
import { webhooksDeadCommand } from './webhooks-dead.ts';
import { webhooksRetryCommand } from './webhooks-retry.ts';
import { witnessCommand } from './witness.ts';

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  startCommand,
  gatewayCommand,
  witnessCommand,
  tokenCommand,
  demoCommand,
  policyCheckCommand,
  policyExplainCommand,
  policyDiffCommand,
  policyMatrixCommand,
  linksImportCommand,
  linksSealCommand,
  restrictionsImportCommand,
  webhooksDeadCommand,
  webhooksRetryCommand,
  auditExportCommand,
  auditKeyCommand,
  auditVerifyCommand,
  auditProveCommand,
  auditVerifyExportCommand,
  auditConsistencyCommand,
  auditFsckCommand,
  auditRetireCommand,
  auditHoldCommand,
  auditEraseTextCommand,
  auditExplainCommand,
  auditCaseFileCommand,
  auditIncidentCommand,
  auditCorrectionCommand,
  auditSubjectCommand,
  auditNamesCommand,
];

/** Runs the command that `argv` names and answers the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', leaveQuietly);
  try {
    return await dispatch(argv);
  } catch (error) {
    const [message, exitCode] = explain(error);
    process.stderr.write(`${message}\n`);
    return exitCode;
  }
}

/** What went wrong, in words for the person at the terminal; with its stack where it is a fault of ours. */
function explain(error: unknown): [string, number] {
  if (error instanceof UsageError || error instanceof StartError || (error instanceof Error && 'problems' in error)) {
    return [error.message, EXIT.usage];
  }
  return [databaseFault(error) ?? inspect(error), EXIT.fault];
}

/** The reader of our output has seen enough, as `| head` does. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') {
    throw error;
  }
  process.exit(EXIT.ok);
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const helpAsked = argv.includes('--help');
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, i) => argv[i] === word));
  if (command !== undefined) {
    const rest = argv.slice(command.name.split(' ').length);
    return helpAsked ? print(describe(command)) : await run(command, rest);
  }
  const words = argv.filter((word) => !word.startsWith('-'));
  const group = COMMANDS.some(({ name }) => name.startsWith(`${words[0]} `)) ? words.slice(0, 1) : [];
  if (helpAsked && words.length === group.length) {
    return print(overview(COMMANDS, group[0]));
  }
  throw new UsageError(whatIsWrong(argv, group));
}

/** A command to which exit code 1 means something else says so, and has its own for what cannot be. */
async function run(command: Command, argv: readonly string[]): Promise<number> {
  try {
    return await command.run(parse(command, argv));
  } catch (error) {
    const [message, exitCode] = explain(error);
    if (command.misuse === undefined || exitCode !== EXIT.usage) throw error;
    process.stderr.write(`${message}\n`);
    return command.misuse;
  }
}

/** Says why no command was found: none given, or one that does not exist. */
function whatIsWrong(argv: readonly string[], group: readonly string[]): string {
  if (argv.length === group.length) {
    return overview(COMMANDS, group[0]).trimEnd();
  }
  const typed = argv.slice(0, group.length + 1).join(' ');
  const names = COMMANDS.map(({ name }) => name);
  const suggestion = didYouMean(typed, names) || didYouMean(argv.slice(0, 2).join(' '), names);
  return `There is no command "${typed}"${suggestion}\nSee "throughgate --help".`;
}

function print(text: string): number {
  process.stdout.write(text);
  return EXIT.ok;
}
