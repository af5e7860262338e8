import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/main.ts';
import { type Outcome, program, throughgate as run } from './program.ts';

/** Nothing to find in the data folder and nothing to reach on the provider's port. */
const ENVIRONMENT = { DATA_DIR: join(import.meta.dirname, 'no-such-folder'), IDP_PORT: '1' };

function throughgate(...argv: string[]): Promise<Outcome> {
  return run(argv, ENVIRONMENT);
}

describe('the program', () => {
  test.each<[string[], number, RegExp, RegExp]>([
    [['--help'], 0, /^Usage: throughgate <command>/, /^$/],
    [['strat'], 1, /^$/, /^There is no command "strat"; did you mean start$/m],
    [['start', '--facts', '/no/such/file', '--people', '200'], 1, /^$/, /^--facts names a file that does not exist$/m],
  ])('%j ends with exit code %i, and says why', async (argv, exitCode, stdout, stderr) => {
    const outcome = await program(argv, ENVIRONMENT);
    expect(outcome).toEqual({
      exitCode,
      stdout: expect.stringMatching(stdout),
      stderr: expect.stringMatching(stderr),
    });
  });
});

describe('help', () => {
  test('lists every command', async () => {
    const { exitCode, stdout } = await throughgate('--help');
    expect(exitCode).toBe(0);
    for (const { name, summary } of COMMANDS) {
      expect(stdout).toContain(`  ${name} `);
      expect(stdout).toContain(summary);
    }
  });

  test('of a group lists its commands only', async () => {
    const { exitCode, stdout } = await throughgate('policy', '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('policy check');
    expect(stdout).not.toContain('links import');
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of %s tells its options and exit codes',
    async (name, { options, exitCodes }) => {
      const { exitCode, stdout, stderr } = await throughgate(...name.split(' '), '--help');
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: throughgate ${name}`));
      for (const option of Object.keys(options)) expect(stdout).toContain(`--${option}`);
      for (const meaning of Object.values(exitCodes)) expect(stdout).toContain(meaning);
    },
  );

  test('is shown, as an error, when no command is given', async () => {
    const { exitCode, stdout, stderr } = await throughgate();
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Usage: throughgate <command>/);
  });
});

test.each([
  [['strat'], 'There is no command "strat"; did you mean start'],
  [['tokn', 'work-coach'], 'There is no command "tokn"; did you mean token'],
  [['policy', 'chek'], 'There is no command "policy chek"; did you mean policy check'],
  [['polcy', 'check'], 'There is no command "polcy"; did you mean policy check'],
  [['start', '--poeple', '200'], 'start has no option --poeple; did you mean --people'],
  [['start', '-f'], 'start has no option -f'],
  [['start', '--people', '--fresh'], '--people needs a value: --people N'],
  [['start', '--people', 'many'], '--people must be a whole number, 1 or more'],
  [['start', '--fresh=yes'], '--fresh takes no value'],
  [['start', '--now', 'tomorrow'], '--now must be an instant with a time zone'],
  [['token'], '<persona> is missing'],
  [['token', 'work-coach', 'extra'], '"extra" is one argument too many'],
  [['token', 'wizard'], 'persona must be one of prison-offender-manager'],
  [['token', 'work-coach'], 'The development provider cannot be reached'],
  [['demo', '--people', '7'], '--people must be from 200 to'],
  [['links', 'import', 'facts.ndjson'], 'DATABASE_OWNER_URL is missing'],
  [['gateway'], 'DATABASE_URL is missing'],
])('throughgate %j ends with exit code 1 and says what is wrong', async (argv, message) => {
  const { exitCode, stdout, stderr } = await throughgate(...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('every mistake in the options is told at once', async () => {
  const { stderr } = await throughgate('token', '--prtner', '--as');
  expect(stderr.split('\n').slice(0, 3)).toEqual([
    'token has no option --prtner; did you mean --partner',
    '--as needs a value: --as PRACTITIONER',
    '<persona> is missing',
  ]);
});

describe('demo --json', () => {
  test('lists personas, partners, practitioners and people by trait', async () => {
    const { exitCode, stdout } = await throughgate('demo', '--json', '--people', '200');
    expect(exitCode).toBe(0);
    const { population, personas, partners, traits } = JSON.parse(stdout);
    expect(population).toMatchObject({ people: 200, seed: 1 });
    expect(personas.map(({ persona }: { persona: string }) => persona)).toContain('probation-practitioner');
    expect(personas[3].partners[1]).toMatchObject({ partner: 'southdale-police' });
    expect(personas[3].partners[1].practitioners[0]).toBe('SPO-0001');
    expect(partners).toHaveLength(15);
    expect(traits.allowed.people[0].identifiers.CRN).toMatch(/^[A-Z]\d{6}$/);
  });
});
