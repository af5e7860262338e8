import process from 'node:process';
import { loadConfig } from '../config.ts';
import { type Command, EXIT } from './command.ts';
import { stopSignal } from './signals.ts';

export const gatewayCommand: Command = {
  name: 'gateway',
  summary: 'Run the gateway alone, as in production, configured by the environment.',
  options: {},
  details: [
    '.env.example lists what it reads. SIGTERM and SIGINT let the requests under way finish first.',
    'SIGHUP, or a change of the policy files, has the policy read again: all of it is taken, or nothing.',
    'The hash that "throughgate policy check" prints must be in APPROVALS.md in the policy folder.',
  ],
  exitCodes: {
    [EXIT.ok]: 'stopped by a signal',
    [EXIT.usage]: 'the environment, the policy, its approval or the contract is wrong; the message lists everything',
    [EXIT.fault]: 'it could not start or stop for another reason, such as a database that cannot be reached',
  },
  run: async () => {
    const config = loadConfig(process.env);
    const { startGateway } = await import('../main.ts');
    const stopped = stopSignal(['SIGINT', 'SIGTERM']);
    // Before it runs there is nothing to reload, and the signal must not end it.
    let reload = () => {};
    process.on('SIGHUP', () => reload());
    const gateway = await startGateway({ config });
    reload = () => void gateway.reload();
    await stopped;
    await gateway.close();
    return EXIT.ok;
  },
};
