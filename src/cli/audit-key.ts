import process from 'node:process';
import { generateKey, NoteError } from '../audit/note.ts';
import { type Command, EXIT, UsageError } from './command.ts';

export const auditKeyCommand: Command = {
  name: 'audit key',
  summary: 'Make a key that signs the checkpoints of the audit log, and print it.',
  arguments: '<name>',
  options: {},
  details: [
    'The name is the log’s as well, such as log.throughgate.example; it cannot be changed later.',
    'The key goes to standard output, to be kept in AUDIT_SIGNING_KEY_FILE; what verifies it to standard error.',
  ],
  exitCodes: { [EXIT.ok]: 'printed', [EXIT.usage]: 'wrong command line' },
  run: async ({ arguments: [name = ''] }) => {
    try {
      const { privateKey, vkey } = generateKey(name);
      process.stdout.write(`${privateKey}\n`);
      process.stderr.write(`${vkey}\n`);
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      throw new UsageError(error.message);
    }
  },
};
