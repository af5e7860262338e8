import process from 'node:process';
import { type Command, EXIT, UsageError } from './command.ts';
import { eventsAtOwner } from './owner-events.ts';

export const webhooksRetryCommand: Command = {
  name: 'webhooks retry',
  summary: 'Have events that were given up tried again, as if for the first time.',
  options: {
    endpoint: { value: 'NAME', text: 'Only those for this endpoint.' },
    all: { text: 'Those for every endpoint.' },
  },
  details: [
    'DATABASE_OWNER_URL says in which database. A running gateway sends them; each is decided about anew, and keeps its id.',
  ],
  exitCodes: {
    [EXIT.ok]: 'they are due now; it prints how many, which may be none',
    [EXIT.usage]: 'the command line or the environment is wrong',
    [EXIT.fault]: 'the database could not be reached',
  },
  run: async ({ option, switched }) => {
    const endpoint = option('endpoint');
    if ((endpoint === undefined) === !switched('all')) throw new UsageError('Say one of --endpoint NAME and --all');
    await using opened = await eventsAtOwner();
    const count = await opened.events.retryDead(endpoint ?? null, new Date());
    process.stdout.write(`${count}\n`);
    return EXIT.ok;
  },
};
