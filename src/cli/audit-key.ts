import process from 'node:process';
import { generateCosigningKey } from '../audit/cosignature.ts';
import { generateKey, NoteError } from '../audit/note.ts';
import { type Command, EXIT, UsageError } from './command.ts';

export const auditKeyCommand: Command = {
  name: 'audit key',
  summary: 'Make a key that signs the checkpoints of the audit log, or a witness’s, and print it.',
  arguments: '<name>',
  options: { witness: { text: 'A key with which a witness cosigns them, for WITNESS_KEY_FILE.' } },
  details: [
    'The name is the log’s as well, such as log.throughgate.example; it cannot be changed later.',
    'The key goes to standard output, to be kept in AUDIT_SIGNING_KEY_FILE; what verifies it to standard error.',
  ],
  exitCodes: { [EXIT.ok]: 'printed', [EXIT.usage]: 'wrong command line' },
  run: async ({ arguments: [name = ''], switched }) => {
    try {
      const { privateKey, vkey } = switched('witness') ? generateCosigningKey(name) : generateKey(name);
      process.stdout.write(`${privateKey}\n`);
      process.stderr.write(`${vkey}\n`);
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      throw new UsageError(error.message);
    }
  },
};
