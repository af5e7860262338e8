import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { didYouMean } from '../record/problem.ts';
import { type Command, EXIT, UsageError } from './command.ts';
import { factNamesInForce, ownerUrlFromEnvironment, sealingFromEnvironment } from './owner.ts';

export const restrictionsImportCommand: Command = {
  name: 'restrictions import',
  arguments: '<file>',
  summary: 'Put an owner’s whole list of restrictions in the place of the former one.',
  options: {
    owner: { value: 'CODE', text: 'The partner whose list it is.' },
    'accept-shrink': { text: 'Take it even if it releases more than half of the people.' },
    json: { text: 'Print {ok, entries, released, unreadable, unresolved} or {ok, code, problems} as JSON.' },
  },
  details: [
    'The file is NDJSON: first {"kind":"restriction-list","owner","asOf","count"}, then every restriction of the owner.',
    'A list that cannot be taken leaves the last good one in force, and the failure is kept for the operator.',
    'A restriction of which only the person can be read closes that person to everybody, and gives the owner work, as',
    'does a name that is not resolved. DATABASE_OWNER_URL says into which database; AUDIT_HMAC_KEY_FILE is needed once',
    'anybody is sealed.',
  ],
  exitCodes: {
    [EXIT.ok]: 'in force',
    [EXIT.usage]: 'not taken, the last good list stays in force: the message says why',
    [EXIT.fault]: 'not taken: the database could not be reached or did not take it',
  },
  run: async ({ arguments: [file = ''], option, switched }) => {
    const owner = option('owner');
    if (!owner) throw new UsageError('--owner is missing: say whose list it is');
    const ownerUrl = ownerUrlFromEnvironment();
    if (!existsSync(file)) throw new UsageError(`There is no file ${file}`);
    const names = await factNamesInForce();
    if (!names.partner.has(owner)) {
      throw new UsageError(`--owner: there is no partner ${owner}${didYouMean(owner, names.partner)}`);
    }

    const { importRestrictionList } = await import('../store/restriction-lists.ts');
    const { RestrictionListError } = await import('../record/restriction-list.ts');
    const acceptShrink = switched('accept-shrink');
    try {
      const options = { owner, now: new Date(), acceptShrink, sealing: sealingFromEnvironment(), names };
      const done = await importRestrictionList(ownerUrl, readFileSync(file), options);
      const lines = Object.entries(done).map(([what, count]) => `${what} ${count}`);
      process.stdout.write(switched('json') ? `${JSON.stringify({ ok: true, ...done })}\n` : `${lines.join('\n')}\n`);
      return EXIT.ok;
    } catch (error) {
      if (!switched('json') || !(error instanceof RestrictionListError)) throw error;
      const { code, problems } = error;
      process.stdout.write(`${JSON.stringify({ ok: false, code, problems })}\n`);
      return EXIT.usage;
    }
  },
};
