/**
 * What stands between a command and its database, for whoever set its URL; null where it is something else.
 * @param error what PostgreSQL answered (SQLSTATE, appendix A of its manual), or what the network did
 */
export function databaseFault(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const words = UNREACHABLE.has(code)
    ? 'nothing answers at its URL: see that the host and port are right, and that it runs'
    : STATES[code];
  return words === undefined ? null : `The database cannot be used: ${words} (${code})`;
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '57P01',
  '57P03',
]);

const STATES: Readonly<Record<string, string>> = {
  ERR_INVALID_URL: 'its URL is none: it looks like postgresql://login:password@host:5432/throughgate',
  '28000': 'it does not take this login: see the name and password in its URL',
  '28P01': 'it does not take this login: see the name and password in its URL',
  '3D000': 'there is none of this name: see the end of its URL',
  '3F000': 'it is not the gateway’s, or its migrations have not run',
  '42P01': 'it is not the gateway’s, or its migrations have not run',
  '42501': 'this login may not do that: see in --help whose URL it must be',
};
