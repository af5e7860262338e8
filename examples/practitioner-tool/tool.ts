/**
 * The practitioner's tool: `npm run tool -- --help`. It knows the gateway's public schema and its HTTP, and nothing else
 * of this project.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { parseArgs, promisify } from 'node:util';
import { type Client, createClient, Refused, Unreachable } from './client.ts';
import { deskWindow } from './desk.ts';
import { practitionerWindow } from './practitioner.ts';
import { providerWindow } from './provider.ts';
import { NotUnderstood, type Screen, type Window } from './window.ts';

/** The purpose of each role's work here: it is sent with everything, so that nobody is asked for it. */
const ROLES: Readonly<Record<string, { purpose: string; window: (client: Client, from: string) => Window }>> = {
  'probation-practitioner': { purpose: 'RELEASE_PLANNING', window: practitionerWindow },
  'probation-manager': { purpose: 'RELEASE_PLANNING', window: practitionerWindow },
  'police-public-protection': { purpose: 'DA_CHECK', window: deskWindow },
  'childrens-services': { purpose: 'CHILD_CHECK', window: deskWindow },
  'accommodation-provider': { purpose: 'RELEASE_PLANNING', window: providerWindow },
  'housing-officer': { purpose: 'RELEASE_PLANNING', window: providerWindow },
};

const HELP = `Usage: npm run tool -- [options]

A practitioner's work at a terminal: releases with what they lack, worst first; checks asked and answered; referral packs.
Start it twice, once as a practitioner and once as a desk, to see both sides. A line is one action; "help" tells which.

Options:
  --role ROLE         Who you are (default probation-practitioner), one of:
                      ${Object.keys(ROLES).join(', ')}
  --partner CODE      Whose, where the role is at several partners.
  --as PRACTITIONER   Which practitioner (default the role's first at the partner).
  --gateway URL       Default http://127.0.0.1:$PORT/graphql, PORT 4000.
  --from YYYY-MM-DD   First day of the list of releases (default today).
  --help              Show this.

Environment:
  THROUGHGATE_TOKEN   An access token of the role. Without it the demonstration's provider is asked, as
                      "npx throughgate token" does.

Exit codes:
  0  you said "quit", or the input ended
  1  it could not begin: the message says why
`;

const OPTIONS = {
  role: { type: 'string', default: 'probation-practitioner' },
  partner: { type: 'string' },
  as: { type: 'string' },
  gateway: { type: 'string', default: `http://127.0.0.1:${process.env['PORT'] || 4000}/graphql` },
  from: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  help: { type: 'boolean', default: false },
} as const;

const PROMPT = '> ';

// Whoever reads along, such as `head`, may stop before the tool does.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const role = ROLES[values.role];
    if (!role) throw new NotUnderstood(`--role is one of: ${Object.keys(ROLES).join(', ')}.`);
    if (!/^\d{4}-\d\d-\d\d$/.test(values.from)) throw new NotUnderstood('--from is a day, such as 2026-12-01.');
    const client = createClient(values.gateway, role.purpose, () => tokenFor(values));
    await work(role.window(client, values.from));
    return 0;
  } catch (error) {
    process.stderr.write(`${wordsOf(error)}\n`);
    return 1;
  }
}

/** Line after line, until there is none. */
async function work(window: Window): Promise<void> {
  let actions = 0;
  show(await window.open());
  const lines = createInterface({ input: process.stdin });
  process.stdout.write(PROMPT);
  for await (const line of lines) {
    const words = line.trim().split(/\s+/).filter(Boolean);
    if (words[0] === 'quit') break;
    if (words[0] === 'help') process.stdout.write(`${window.help}\nquit\n`);
    else if (words.length > 0) {
      actions += 1;
      try {
        show(await window.act(words));
      } catch (error) {
        process.stdout.write(`${wordsOf(error)}\n`);
      }
    }
    process.stdout.write(PROMPT);
  }
  lines.close();

  function show({ text, begins, done }: Screen): void {
    if (begins) actions = 1;
    process.stdout.write(`${text}\n`);
    if (done) process.stdout.write(`-- ${done}: ${actions} ${actions === 1 ? 'action' : 'actions'}\n`);
  }
}

/** @throws Unreachable when the demonstration's provider gives none */
async function tokenFor({ role, partner, as }: { role: string; partner?: string; as?: string }): Promise<string> {
  const given = process.env['THROUGHGATE_TOKEN'];
  if (given) return given;
  const cli = join(import.meta.dirname, '..', '..', 'bin', 'throughgate.js');
  const options = Object.entries({ partner, as }).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, 'token', role, ...options]);
    return stdout.trim();
  } catch (error) {
    throw new Unreachable(String((error as { stderr?: string }).stderr).trim());
  }
}

/** What went wrong, for whoever sits there; of what nobody foresaw, its message. */
function wordsOf(error: unknown): string {
  if (error instanceof NotUnderstood || error instanceof Refused || error instanceof Unreachable) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code?.startsWith('ERR_PARSE_ARGS') ? `${message} See --help.` : `Something is wrong in the tool: ${message}`;
}
