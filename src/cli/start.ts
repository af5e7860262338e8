import process from 'node:process';
import { type Command, EXIT, UsageError, wholeNumber } from './command.ts';

export const startCommand: Command = {
  name: 'start',
  summary: 'Run the whole demonstration: PostgreSQL, OpenID provider, partners and gateway.',
  options: {
    fresh: { text: 'Throw the data of earlier starts away first.' },
    people: { value: 'N', text: 'How many synthetic people there are.' },
    seed: { value: 'N', text: 'Another number makes another population.' },
    now: { value: 'INSTANT', text: 'Where the clock starts, e.g. 2026-11-20T09:00:00Z.' },
    activity: {
      value: 'N',
      text: 'A new log begins with a year of about N made-up accesses (4000); 0 leaves it empty.',
    },
    facts: { value: 'FILE', text: 'Import the links, relationships and permissions of this file too.' },
  },
  details: [
    'Ports: PORT (4000), PARTNERS_PORT (4101, and the eleven after it), IDP_PORT (4200), ADMIN_PORT (9464).',
    'Data lie in DATA_DIR (.data), and the next start uses them again. Ctrl-C stops everything.',
  ],
  exitCodes: {
    [EXIT.ok]: 'stopped by a signal',
    [EXIT.usage]: 'it cannot start; the message says what to change',
    [EXIT.fault]: 'a part stopped by itself, and everything else was stopped too',
  },
  run: async ({ option, switched }) => {
    const options = {
      fresh: switched('fresh'),
      people: wholeNumber('--people', option('people'), 1),
      seed: wholeNumber('--seed', option('seed'), 0),
      now: instant('--now', option('now')),
      factsFile: option('facts') ?? null,
      activity: wholeNumber('--activity', option('activity'), 0) ?? 4_000,
    };
    const { start } = await import('../demo/start/supervisor.ts');
    // A start that was interrupted half-way may still have a timer or a socket open; none may keep the process.
    process.exit(await start(options, process.env));
  },
};

/** @throws UsageError */
function instant(name: string, text: string | undefined): Date | null {
  if (text === undefined) {
    return null;
  }
  const value = new Date(text);
  if (
    !/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text) ||
    Number.isNaN(value.getTime())
  ) {
    throw new UsageError(`${name} must be an instant with a time zone, e.g. 2026-11-20T09:00:00Z, or a day`);
  }
  return value;
}
