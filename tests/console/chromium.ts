import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** The browser in `@sparticuz/chromium` is for this platform alone; elsewhere tests that need one are skipped. */
export const HAS_BROWSER = process.platform === 'linux' && process.arch === 'x64';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

let launched: Promise<Browser> | undefined;

/** One browser for every file of a worker. It ends with its worker: it hears that the pipe to it is closed. */
export function browser(): Promise<Browser> {
  launched ??= launch();
  return launched;
}

async function launch(): Promise<Browser> {
  const home = await unpack();
  return chromium.launch({
    executablePath: join(home, 'chromium'),
    // Root has no sandbox, and a container often not enough shared memory.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    // The libraries and fonts of the package: a bare machine has none.
    env: {
      ...process.env,
      HOME: home,
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
    },
  });
}

/**
 * Unpacks the browser once, 200 MB, into a folder that nobody else writes to. Another worker may be doing the same: what
 * is there is whole, because it comes by a new name, all at once.
 */
async function unpack(): Promise<string> {
  const home = join(CACHE, `chromium-${process.getuid?.() ?? 0}`);
  if (existsSync(home)) return home;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, 'chromium-new-'));
  const { TMPDIR, LD_LIBRARY_PATH, FONTCONFIG_PATH, AWS_LAMBDA_JS_RUNTIME } = process.env;
  try {
    // The package reads these when it is imported, and changes them for every process that starts afterwards.
    Object.assign(process.env, { TMPDIR: fresh, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' });
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
  } finally {
    restore({ TMPDIR, LD_LIBRARY_PATH, FONTCONFIG_PATH, AWS_LAMBDA_JS_RUNTIME });
  }
  writeFileSync(
    join(fresh, 'fonts.conf'),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${join(home, 'fonts')}</dir><cachedir>${join(home, 'font-cache')}</cachedir></fontconfig>\n`,
  );
  try {
    renameSync(fresh, home);
  } catch (error) {
    if (!existsSync(home)) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
  return home;
}

function restore(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
