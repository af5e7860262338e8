import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILES } from './data-folder.ts';
import type { PartnersResult } from './partners-child.ts';

/** Writes the sources file of the demonstration partners and answers its path. */
export function writeSources(dataDir: string, holders: PartnersResult['holders']): string {
  const file = join(dataDir, FILES.sources);
  const lines = holders.map(({ code, source, url }) => `- { holder: ${code}, source: ${source}, url: "${url}" }`);
  writeFileSync(file, ['# Written by "throughgate start", each time.', ...lines, ''].join('\n'));
  return file;
}
