import { readFileSync } from 'node:fs';
import { parseCosigningKey } from '../audit/cosignature.ts';
import { NoteError, parseVkey, type Signer, type Verifier } from '../audit/note.ts';
import { ConfigError } from '../config.ts';

/** What `throughgate witness` reads from its environment. */
export interface WitnessSettings {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly signer: Signer;
  /** The keys of each log, by its name. */
  readonly logs: ReadonlyMap<string, readonly Verifier[]>;
  /** Where the newest checkpoint of each log is kept. */
  readonly dir: string;
}

const PORT = 4300;

/** @throws ConfigError naming everything that is missing or wrong, without its value */
export function readSettings(env: Readonly<Record<string, string | undefined>>): WitnessSettings {
  const problems: string[] = [];
  const value = (name: string) => env[name]?.trim() || null;

  /** What `read` makes of a file's lines. */
  function fromFile<T>(name: string, expected: string, read: (lines: readonly string[]) => T): T | null {
    const path = value(name);
    if (path === null) {
      problems.push(`${name} is missing: set it to ${expected}`);
      return null;
    }
    try {
      const lines = readFileSync(path, 'utf8')
        .split('\n')
        .map((line) => line.trim());
      return read(lines.filter((line) => line !== ''));
    } catch (error) {
      const why = error instanceof NoteError ? error.message : (error as NodeJS.ErrnoException).code;
      problems.push(`${name} must be ${expected} (${why})`);
      return null;
    }
  }

  const signer = fromFile(
    'WITNESS_KEY_FILE',
    'a file of one line, from "throughgate audit key --witness <name>"',
    ([line = '', ...rest]) => parseCosigningKey([line, ...rest].join('\n')),
  );
  const logs = fromFile(
    'WITNESS_LOGS_FILE',
    'a file of the public keys of logs, one on each line, as "throughgate audit key" prints them',
    byName,
  );
  const dir = value('WITNESS_DIR');
  if (dir === null)
    problems.push('WITNESS_DIR is missing: set it to a folder that nothing else uses and no backup puts back');
  const port = value('PORT') ?? String(PORT);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) problems.push('PORT must be a port, from 0 to 65535');
  if (signer === null || logs === null || dir === null || problems.length > 0) throw new ConfigError(problems);
  return { host: value('HOST') ?? '127.0.0.1', port: Number(port), signer, logs, dir };
}

/** @throws NoteError for a line that is no key, and where there is none */
function byName(lines: readonly string[]): Map<string, Verifier[]> {
  if (lines.length === 0) throw new NoteError('malformed', 'there is no key');
  return Map.groupBy(
    lines.map((line) => parseVkey(line)),
    ({ name }) => name,
  );
}
