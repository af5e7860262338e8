import process from 'node:process';
import type { Listing } from '../demo/start/listing.ts';
import { didYouMean } from '../record/problem.ts';
import { type Command, EXIT, UsageError, wholeNumber } from './command.ts';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'List whom one can be in the demonstration, and whom one can ask about.',
  options: {
    json: { text: 'Print everything as JSON: personas, partners, practitioners, people by trait.' },
    trait: { value: 'TRAIT', text: 'Print only one identifier of one person of this trait, for scripts.' },
    type: { value: 'TYPE', text: 'The type of identifier that --trait prints (default PRISON_NUMBER).' },
    people: { value: 'N', text: 'The size of the population, where there are no data yet.' },
    seed: { value: 'N', text: 'Its seed, where there are no data yet.' },
  },
  details: ['It speaks of the data in DATA_DIR (.data). It needs nothing to be running.'],
  exitCodes: {
    [EXIT.ok]: 'listed',
    [EXIT.usage]: 'the data are of another population, or there is no such trait or identifier',
  },
  run: async ({ option, switched }) => {
    const { listDemonstration } = await import('../demo/start/listing.ts');
    const wish = {
      people: wholeNumber('--people', option('people'), 1),
      seed: wholeNumber('--seed', option('seed'), 0),
    };
    const listing = listDemonstration(wish, process.env);
    const trait = option('trait');
    if (trait !== undefined) {
      process.stdout.write(`${oneIdentifier(listing, trait, option('type') ?? 'PRISON_NUMBER')}\n`);
      return EXIT.ok;
    }
    process.stdout.write(switched('json') ? `${JSON.stringify(listing, null, 2)}\n` : describe(listing));
    return EXIT.ok;
  },
};

function oneIdentifier({ traits }: Listing, trait: string, type: string): string {
  const known = Object.entries(traits).find(([name]) => name === trait)?.[1];
  if (!known) {
    const names = Object.keys(traits);
    throw new UsageError(`There is no trait "${trait}"${didYouMean(trait, names)}. Traits: ${names.join(', ')}`);
  }
  const identifiers = Object.entries(known.people[0]?.identifiers ?? {});
  const value = identifiers.find(([name]) => name === type)?.[1];
  if (value === undefined) {
    throw new UsageError(
      `A person of this trait has no ${type}; they have ${identifiers.map(([name]) => name).join(', ')}`,
    );
  }
  return typeof value === 'string' ? value : (Object.values(value)[0] ?? '');
}

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
