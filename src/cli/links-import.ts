import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Command, EXIT, UsageError } from './command.ts';
import { factNamesInForce, ownerUrlFromEnvironment, sealingFromEnvironment } from './owner.ts';

export const linksImportCommand: Command = {
  name: 'links import',
  arguments: '<file>',
  summary: 'Import links, relationships, teams, cover, permissions, objections, interests and restrictions.',
  options: { json: { text: 'Print the counts as JSON.' } },
  details: [
    'The file is NDJSON, one record a line. All of it is imported or nothing, and importing it twice changes nothing.',
    'Names of partners, types and classes must be those of the policy (POLICIES_DIR).',
    'DATABASE_OWNER_URL says into which database. AUDIT_HMAC_KEY_FILE is needed once anybody is sealed.',
  ],
  exitCodes: {
    [EXIT.ok]: 'imported',
    [EXIT.usage]: 'nothing was imported: the message lists what is wrong, by line',
    [EXIT.fault]: 'nothing was imported: the database could not be reached or did not take it',
  },
  run: async ({ arguments: [file = ''], switched }) => {
    const ownerUrl = ownerUrlFromEnvironment();
    if (!existsSync(file)) {
      throw new UsageError(`There is no file ${file}`);
    }
    const { importFacts, readFactsFile } = await import('../store/facts.ts');
    const names = await factNamesInForce();
    const counts = await importFacts(ownerUrl, readFactsFile(file), { sealing: sealingFromEnvironment(), names });
    const lines = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`);
    process.stdout.write(switched('json') ? `${JSON.stringify(counts)}\n` : `${lines.join('\n')}\n`);
    return EXIT.ok;
  },
};
