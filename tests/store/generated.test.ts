import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);

describe('the committed client', () => {
  let copy: string;

  beforeAll(async () => {
    copy = mkdtempSync(join(tmpdir(), 'throughgate-generate-'));
    mkdirSync(join(copy, 'src/store'), { recursive: true });
    cpSync(join(ROOT, 'prisma'), join(copy, 'prisma'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const prisma = require.resolve('prisma/build/index.js');
    // `generate` wants a schema engine that it does not need: any existing file will do.
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: './package.json', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
    await promisify(execFile)(process.execPath, [prisma, 'generate'], { cwd: copy, env });
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('is what generating it again from the schema gives', () => {
    const folder = 'src/store/generated';
    const committed = textsIn(join(ROOT, folder));
    expect([...textsIn(join(copy, folder))]).toEqual([...committed]);
    expect(committed.size).toBeGreaterThan(5);
  });
});

describe('what npm installs', () => {
  it('is a migration engine of the version that Prisma itself uses', () => {
    const wanted = require('@prisma/engines-version/package.json') as { version: string };
    const { version } = JSON.parse(
      readFileSync(join(ROOT, 'node_modules/@prisma/schema-engine-wasm/package.json'), 'utf8'),
    ) as { version: string };
    expect(version).toBe(wanted.version);
  });

  it('is one version of all of Prisma', () => {
    const versions = ['prisma', '@prisma/client', '@prisma/adapter-pg', '@prisma/driver-adapter-utils'].map(
      (name) =>
        (JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
          .version,
    );
    expect(new Set(versions).size).toBe(1);
  });

  it('is in the lockfile for every platform, or npm ci refuses it elsewhere', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(packages, path, name)),
    );
    expect(missing).toEqual([]);
  });
});

/** Whether a package that lies at `path` finds `name` beside it or further up. */
function isLocked(packages: Readonly<Record<string, unknown>>, path: string, name: string): boolean {
  if (Object.hasOwn(packages, path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`)) return true;
  return path !== '' && isLocked(packages, path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name);
}

/** Relative path to text of every file in a folder, by path. */
function textsIn(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}
