import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { londonDay } from '../../record/london.ts';
import { MAXIMUM_SIZE } from '../population/identifiers.ts';
import { MINIMUM_SIZE } from '../population/traits.ts';
import { FILES } from './data-folder.ts';
import { StartError } from './start-error.ts';

/** Which synthetic people there are. The same three values always make the same people. */
export interface PopulationChoice {
  readonly people: number;
  readonly seed: number;
  /** The day around which their lives are laid, `YYYY-MM-DD`: that of the first start. */
  readonly anchor: string;
}

/** What DATA_DIR says of the data in it. */
export interface PopulationRecord extends PopulationChoice {
  /** False until the last fact is imported: data of an interrupted first start are made again. */
  readonly complete: boolean;
}

/** What the command line asks for; null where it leaves that open. */
export interface PopulationWish {
  readonly people: number | null;
  readonly seed: number | null;
}

const DEFAULT_PEOPLE = 2000;
const DEFAULT_SEED = 1;

/** Null where there are no data yet. @throws StartError when the file is not one of ours */
export function readRecord(dataDir: string): PopulationRecord | null {
  const file = join(dataDir, FILES.population);
  if (!existsSync(file)) {
    return null;
  }
  try {
    const { people, seed, anchor, complete } = JSON.parse(readFileSync(file, 'utf8'));
    if (Number.isSafeInteger(people) && Number.isSafeInteger(seed) && /^\d{4}-\d\d-\d\d$/.test(anchor)) {
      return { people, seed, anchor, complete: complete === true };
    }
  } catch {
    // Told below: whatever is wrong with it, the cure is the same.
  }
  throw new StartError(`${file} cannot be read: add --fresh to make all data anew`);
}

export function writeRecord(dataDir: string, record: PopulationRecord): void {
  const file = join(dataDir, FILES.population);
  writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`);
  renameSync(`${file}.new`, file);
}

/**
 * The population to run with: the one that the data are of, or where there are none the one asked for.
 * @throws StartError when another one is asked for than the data are of, or one that cannot be made
 */
export function choosePopulation(wish: PopulationWish, record: PopulationRecord | null, now: Date): PopulationChoice {
  if (!record?.complete) {
    const people = wish.people ?? DEFAULT_PEOPLE;
    if (people < MINIMUM_SIZE || people > MAXIMUM_SIZE) {
      throw new StartError(`--people must be from ${MINIMUM_SIZE} to ${MAXIMUM_SIZE}`);
    }
    return { people, seed: wish.seed ?? DEFAULT_SEED, anchor: londonDay(now) };
  }
  const { people, seed, anchor } = record;
  const refused = (['people', 'seed'] as const).filter((key) => wish[key] !== null && wish[key] !== record[key]);
  if (refused.length > 0) {
    const wanted = refused.map((key) => `--${key} ${wish[key]}`).join(' ');
    throw new StartError(
      `The data are of --people ${people} --seed ${seed}. Leave out ${wanted}, or add --fresh to throw the data away.`,
    );
  }
  return { people, seed, anchor };
}
