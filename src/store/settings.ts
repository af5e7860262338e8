import type { Queries } from './tree.ts';

/** Settings without which a commit may be lost although it was reported, and what is lost by each. */
const NEEDED: Readonly<Record<string, string>> = {
  fsync: 'a crash of the machine may lose or break entries of the log that were reported as kept',
  full_page_writes: 'a crash of the machine may leave pages of the log half written',
  synchronous_commit: 'a crash of the server may lose entries of the log that were reported as kept',
};

/** What is wrong with how the server keeps what is committed to it; empty where it keeps it. */
export async function durabilityProblems(queries: Queries): Promise<string[]> {
  const rows = await queries.$queryRaw<{ name: string; setting: string }[]>`
    select name, setting from pg_settings where name = any(${Object.keys(NEEDED)}::text[]) order by name`;
  return rows
    .filter(({ setting }) => setting === 'off')
    .map(({ name }) => `DATABASE_URL: the server has ${name} = off: turn it on, for ${NEEDED[name]}`);
}
