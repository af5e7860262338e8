import { stream } from '../../src/demo/population/random.ts';
import { type Fault, strike } from './faults.ts';
import { beginning, judge } from './verdict.ts';
import { type Neighbours, startWorld, type World } from './world.ts';

export interface ChaosOptions {
  readonly neighbours: Neighbours;
  /** Decides what is asked and how each fault goes; when things happen is the machine's affair. */
  readonly seed: number;
  /** In the order in which they strike. */
  readonly faults: Iterable<Fault>;
  /** How long faults last: from 0 to 1. */
  readonly pace: number;
  readonly say: (line: string) => void;
}

/** Two gateways under load, and one fault after the other. @returns every anomaly; none when all promises were kept */
export async function chaos({ neighbours, seed, faults, pace, say }: ChaosOptions): Promise<string[]> {
  const random = stream(seed, 0, 'chaos');
  const world = await startWorld(seed, neighbours);
  try {
    await world.heal();
    const early = await beginning(world);
    const broken: string[] = [];
    for (const fault of faults) {
      say(`${fault.name} ...`);
      try {
        await strike(world, fault, random, pace);
      } catch (error) {
        broken.push(`${fault.name}: ${(error as Error).message}`);
        break;
      }
      say(`  ${tally(world)}`);
    }
    return [...broken, ...(await judge(world, early).catch((error: Error) => [`no verdict: ${error.message}`]))];
  } finally {
    await world.close();
  }
}

function tally({ load }: World): string {
  const count = (wanted: (answer: (typeof load.answers)[number]) => boolean) => load.answers.filter(wanted).length;
  const shown = count(({ people }) => people.some(({ told }) => told !== null));
  const unavailable = count(({ status }) => status === 503);
  return `${load.answers.length} answers, ${shown} with data, ${unavailable} unavailable; ${load.unheard()} unheard; ${load.sights.length} checkpoints`;
}
