/**
 * `npm test [-- <vitest arguments>]`: runs vitest, and ends with vitest's exit code and, as the very last line, the
 * counts `N passed, N failed` taken from its JSON report. A run that crashes, or that executes no test, has failed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Only what is read of vitest's JSON report. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

const folder = mkdtempSync(join(tmpdir(), 'throughgate-tests-'));
const reportFile = join(folder, 'report.json');
const exitCode = await runVitest(reportFile, process.argv.slice(2));
const { passed, failed } = countTests(reportFile, exitCode);
rmSync(folder, { recursive: true, force: true });
process.exitCode = exitCode === 0 && failed > 0 ? 1 : exitCode;
process.stdout.write(`${passed} passed, ${failed} failed\n`);

function runVitest(outputFile: string, extra: readonly string[]): Promise<number> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const reporting = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
  // The schema engine is WebAssembly, of which Node warns at each import.
  const quiet = ['--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...quiet, vitest, 'run', ...reporting, ...extra], {
    cwd: root,
    // Every test file is a process of its own that imports much the same: compiled once, by whoever is first.
    env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(outputFile), 'compiled') },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // A terminal's Ctrl-C reaches vitest by itself, through the process group; npm's copy and SIGTERM do not.
  process.on('SIGINT', () => child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** A test file that did not load, and a run that failed outside any test, count as one failure each. */
function countTests(file: string, exitCode: number): { passed: number; failed: number } {
  const report = readReport(file);
  if (report === undefined) {
    return { passed: 0, failed: 1 };
  }
  const unloaded = report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length;
  const passed = report.numPassedTests;
  const failed = report.numFailedTests + unloaded;
  const silent = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: silent ? 1 : failed };
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}
