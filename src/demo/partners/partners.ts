import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOLDERS, type HolderCode, type SourceType } from '../population/holders.ts';
import type { Population } from '../population/population.ts';
import { ANSWERS_CHECKS, answerChecks } from './check-answers.ts';
import { type PartnerServer, serveSubgraph } from './server.ts';
import { createSubgraph, type Subgraph } from './subgraph.ts';

export interface PartnersOptions {
  readonly population: Population;
  /** Port of the first partner; the others follow in the order of `HOLDERS`. 0 gives each a free one. */
  readonly basePort: number;
  /** Folder with `<source>.graphql` for each type of source: `schema/sources`. What responders serve stands above it. */
  readonly sdlDir: string;
  readonly clock: { now(): Date };
  readonly host?: string;
}

export interface Partners {
  readonly holders: readonly { readonly code: HolderCode; readonly source: SourceType; readonly url: string }[];
  close(): Promise<void>;
}

/**
 * The twelve demonstration partners, each a subgraph of its own over HTTP that knows people by its own identifier only.
 * @throws Error when a port is taken or an SDL file cannot be used; nothing is left running then
 */
export async function startPartners(options: PartnersOptions): Promise<Partners> {
  const { basePort, host = '127.0.0.1' } = options;
  const servers: PartnerServer[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const holders: Partners['holders'][number][] = [];
    for (const [i, { code, source }] of HOLDERS.entries()) {
      const server = await serveSubgraph(
        partnerSubgraph(options, code, source),
        host,
        basePort === 0 ? 0 : basePort + i,
      );
      servers.push(server);
      holders.push({ code, source, url: server.url });
    }
    return { holders, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function partnerSubgraph(
  { population, sdlDir, clock }: PartnersOptions,
  code: HolderCode,
  source: SourceType,
): Subgraph {
  const sdl = (file: string) => readFileSync(join(sdlDir, file), 'utf8');
  const answers = code === ANSWERS_CHECKS;
  const subgraph = createSubgraph(
    answers ? `${sdl(`${source}.graphql`)}\n${sdl('../check-request.graphql')}` : sdl(`${source}.graphql`),
    (value) => {
      const person = population.find(code, value);
      return person && { [subgraph.key]: value, ...population.sections(code, person, clock.now()) };
    },
    answers ? new Map([['CheckRequest', answerChecks(population, clock)]]) : undefined,
  );
  return subgraph;
}
