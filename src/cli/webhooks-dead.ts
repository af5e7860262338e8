import process from 'node:process';
import type { DeadLetter } from '../record/events.ts';
import { type Command, EXIT } from './command.ts';
import { eventsAtOwner } from './owner-events.ts';

/** More than anybody reads. */
const MOST = 1_000;

export const webhooksDeadCommand: Command = {
  name: 'webhooks dead',
  summary: 'List events that could not be delivered to an endpoint and were given up, the oldest first.',
  options: {
    json: { text: 'Print them as JSON: [{event, kind, endpoint, attempts, deadAt, problem}].' },
  },
  details: [
    'DATABASE_OWNER_URL says in which database. Nothing in the list says whom an event is about.',
    `At most ${MOST} are listed. throughgate webhooks retry has them tried again.`,
  ],
  exitCodes: {
    [EXIT.ok]: 'listed, or there is none',
    [EXIT.usage]: 'the command line or the environment is wrong',
    [EXIT.fault]: 'the database could not be reached',
  },
  run: async ({ switched }) => {
    await using opened = await eventsAtOwner();
    const letters = (await opened.events.deadLetters(MOST)).map(plain);
    process.stdout.write(switched('json') ? `${JSON.stringify(letters)}\n` : letters.map(lineOf).join(''));
    return EXIT.ok;
  },
};

function plain({ event, endpoint, attempts, deadAt, problem }: DeadLetter) {
  return { event: event.id, kind: event.kind, endpoint, attempts, deadAt: deadAt.toISOString(), problem };
}

function lineOf({ event, kind, endpoint, attempts, deadAt, problem }: ReturnType<typeof plain>): string {
  return `${event}  ${kind}  ${endpoint}  ${deadAt}  after ${attempts} attempts: ${problem}\n`;
}
