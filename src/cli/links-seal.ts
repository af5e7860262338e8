import process from 'node:process';
import type { Whom } from '../store/sealed.ts';
import { type Command, EXIT, type Input, UsageError } from './command.ts';
import { identifierProblems, ownerUrlFromEnvironment, sealingFromEnvironment } from './owner.ts';

export const linksSealCommand: Command = {
  name: 'links seal',
  summary: 'Take a person out of the crosswalk for good: no look-up finds them and no import brings them back.',
  options: {
    person: { value: 'UUID', text: 'The person, by the crosswalk’s UUID.' },
    type: { value: 'TYPE', text: 'The type of an identifier of the person, as PRISON_NUMBER.' },
    identifier: { value: 'VALUE', text: 'Its value.' },
    holder: { value: 'CODE', text: 'Who issued it, where each holder issues its own.' },
  },
  details: [
    'Whatever is known of the person goes. Keyed tombstones of their identifiers stay; nobody can read who it is.',
    'It answers the same whether or not the person was known: whoever was not, never will be.',
    'DATABASE_OWNER_URL says in which database, AUDIT_HMAC_KEY_FILE with which key: the gateway’s. POLICIES_DIR says',
    'what an identifier looks like and who issues it.',
  ],
  exitCodes: {
    [EXIT.ok]: 'sealed',
    [EXIT.usage]: 'nobody was sealed: the message says what is wrong',
    [EXIT.fault]: 'nobody was sealed: the database could not be reached or did not take it',
  },
  run: async (input) => {
    const ownerUrl = ownerUrlFromEnvironment();
    const sealing = sealingFromEnvironment();
    if (!sealing) {
      throw new UsageError('AUDIT_HMAC_KEY_FILE is missing: set it to the file of the gateway’s key');
    }
    const whom = readWhom(input, sealing.issuedByHolder);
    const { sealPerson } = await import('../store/sealed.ts');
    await sealPerson(ownerUrl, whom, sealing);
    process.stdout.write('sealed\n');
    return EXIT.ok;
  },
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function readWhom({ option }: Input, issuedByHolder: ReadonlySet<string>): Whom {
  const [person, type, value] = [option('person'), option('type'), option('identifier')];
  const holder = option('holder') ?? null;
  if (person !== undefined && type === undefined && value === undefined && holder === null) {
    if (!UUID.test(person)) throw new UsageError('--person must be a UUID in small letters');
    return { by: 'person', person };
  }
  if (person !== undefined || type === undefined || value === undefined) {
    throw new UsageError('Say whom to seal: either --person, or --type and --identifier');
  }
  const problems = identifierProblems(type, value, holder);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  if (issuedByHolder.has(type) && holder === null) {
    throw new UsageError(`--holder is missing: each holder issues its own ${type}`);
  }
  return { by: 'identifier', type, value, holder };
}
