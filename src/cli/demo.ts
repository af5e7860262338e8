import process from 'node:process';
import type { Listing } from '../demo/start/listing.ts';
import { type Command, EXIT, wholeNumber } from './command.ts';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'List whom one can be in the demonstration, and whom one can ask about.',
  options: {
    json: { text: 'Print everything as JSON: personas, partners, practitioners, people by trait.' },
    people: { value: 'N', text: 'The size of the population, where there are no data yet.' },
    seed: { value: 'N', text: 'Its seed, where there are no data yet.' },
  },
  details: ['It speaks of the data in DATA_DIR (.data). It needs nothing to be running.'],
  exitCodes: { [EXIT.ok]: 'listed', [EXIT.usage]: 'the data are of another population' },
  run: async ({ option, switched }) => {
    const { listDemonstration } = await import('../demo/start/listing.ts');
    const wish = {
      people: wholeNumber('--people', option('people'), 1),
      seed: wholeNumber('--seed', option('seed'), 0),
    };
    const listing = listDemonstration(wish, process.env);
    process.stdout.write(switched('json') ? `${JSON.stringify(listing, null, 2)}\n` : describe(listing));
    return EXIT.ok;
  },
};

/** One person for each trait is enough to try it; `--json` has them all. */
function describe({ personas, traits }: Listing): string {
  return [
    'Personas, where they are, and the id of the first practitioner there (throughgate token <persona> --partner --as):',
    ...personas.flatMap(({ persona, partners }) => [
      `  ${persona}`,
      ...partners.map(({ partner, practitioners }) => `    ${partner} ${practitioners[0]}`),
    ]),
    '',
    'People, by what happens when one asks about them:',
    ...Object.entries(traits).flatMap(([trait, { meaning, people }]) => [
      `  ${trait}: ${meaning}`,
      ...people.slice(0, 1).map(({ identifiers }) => `    ${identifierList(identifiers)}`),
    ]),
    '',
  ].join('\n');
}

function identifierList(identifiers: Listing['traits']['allowed']['people'][number]['identifiers']): string {
  const shown = Object.entries(identifiers).map(([type, value]) =>
    typeof value === 'string'
      ? `${type} ${value}`
      : `${type} ${Object.entries(value)
          .map(([holder, v]) => `${v} (${holder})`)
          .join(', ')}`,
  );
  return shown.join(', ');
}
