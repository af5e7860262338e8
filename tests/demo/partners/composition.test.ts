import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { SDL_DIR } from './asking.ts';

const SCHEMA_DIR = join(SDL_DIR, '..');

const sources = readdirSync(SDL_DIR).map((file) => service(file.replace('.graphql', ''), join(SDL_DIR, file)));
const index = service('index', join(SCHEMA_DIR, 'index.graphql'));

describe('the sources', () => {
  it('compose with the index into a supergraph', () => {
    const { errors, supergraphSdl } = composeServices([index, ...sources]);
    expect(errors?.map(({ message }) => message)).toBeUndefined();
    for (const { name } of sources) expect(supergraphSdl).toContain(`name: "${name}"`);
    expect(supergraphSdl).toMatch(/custody: Custody @join__field\(graph: PRISON\)/);
  });

  it('do not compose without it', () => {
    expect(composeServices(sources).errors).not.toBeUndefined();
  });
});

function service(name: string, file: string) {
  return { name, url: `http://${name}.example/graphql`, typeDefs: parse(readFileSync(file, 'utf8')) };
}
