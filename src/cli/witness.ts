import process from 'node:process';
import { type Command, EXIT } from './command.ts';
import { stopSignal } from './signals.ts';

export const witnessCommand: Command = {
  name: 'witness',
  summary: 'Run a witness: it cosigns the checkpoints of logs, and of each log only such as go on from the last one.',
  options: {},
  details: [
    'WITNESS_KEY_FILE   the key it signs with, from `throughgate audit key --witness <name>`',
    'WITNESS_LOGS_FILE  the public keys of the logs, one on each line; several of one name where a key was changed',
    'WITNESS_DIR        what it remembers. Never put it back from a backup: it would cosign other trees beside the first',
    'HOST, PORT         where it listens: 127.0.0.1 and 4300, plain HTTP; behind a proxy with TLS in production',
    '',
    'Logs submit to POST /log/add-checkpoint, as in https://c2sp.org/tlog-witness. It prints its own public key.',
  ],
  exitCodes: {
    [EXIT.ok]: 'stopped by a signal',
    [EXIT.usage]: 'the environment is wrong, or another witness uses the folder; the message lists everything',
    [EXIT.fault]: 'it could not start or stop for another reason',
  },
  run: async () => {
    const { readSettings } = await import('../witness/settings.ts');
    const settings = readSettings(process.env);
    const { startWitness } = await import('../witness/start.ts');
    const stopped = stopSignal(['SIGINT', 'SIGTERM']);
    const witness = await startWitness(settings);
    process.stdout.write(`${witness.url}/log witnesses ${[...settings.logs.keys()].join(', ')}\n`);
    process.stdout.write(`${settings.signer.vkey}\n`);
    await stopped;
    await witness.close();
    return EXIT.ok;
  },
};
