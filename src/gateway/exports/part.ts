import { hash } from 'node:crypto';
import { readCsvHead, readCsvRow } from '../../audit/export/read-csv.ts';
import type { LogRow } from '../../audit/log-reader.ts';
import { parseLogged } from '../../audit/logged.ts';
import type { Read } from '../../audit/reading.ts';
import { exportText } from '../../audit/signed-export.ts';
import { leafHash } from '../../audit/tree.ts';
import { GatewayError } from '../../errors.ts';
import type { GivenPart, LogExport } from '../../record/exports.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import { answered } from '../log/answer.ts';
import { amendLook, startLook } from '../log/look.ts';
import { since } from './list.ts';

/**
 * One part of an export, read from the log now: what the caller may no longer read is not in it (SHARE-07), and what was
 * found is nowhere kept in between. Under a signed one stands, as its last part, what the key of the log says of the rest.
 * @throws GatewayError BAD_USER_INPUT, TOO_COMPLEX, STORE_UNAVAILABLE
 */
export async function logExportPart(errand: Errand): Promise<object | null> {
  const { engine, request, args, afterRecorded } = errand;
  const { partner, practitioner } = request.principal;
  const { reference, part } = args as { reference: string; part: number };
  const own = await engine.logExports.ofOfficer(partner, practitioner, since(request.now));
  const made = own.find(({ id, state }) => id === reference && state === 'READY');
  if (!made || !UUID.test(reference)) return null;
  const look = await startLook(errand, made);
  noteExport(errand, made);
  const given = await engine.logExports.given(made.id);
  const isSigned = made.format === 'SIGNED';
  if (isSigned && part === given.length) return { text: `\n${noteOf(errand, made, given)}`, done: true };

  const ids = await engine.logExports.part(made.id, part);
  if (ids === null) throw new GatewayError('BAD_USER_INPUT', `"part" is from 0 to ${given.length - 1}.`);
  const rows = await look.log.byIds(ids);
  const place = new Map(ids.map((id, index) => [id, index]));
  // A search for somebody who is closed since reads like one for nobody: it is none of those for them any more.
  const isAbout = ({ subject }: Read) => subject !== null || !made.filters.includes('person');
  const reads = (await look.read(rows)).filter(isAbout).sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
  amendLook(errand, { found: reads.length });
  const text = textOf(made, part, reads, rows);
  if (isSigned) {
    const digest: GivenPart = { sha256: hash('sha256', text), entries: reads.length };
    afterRecorded(() => engine.logExports.keepGiven(made.id, part, digest));
  }
  return { text, done: !isSigned && part === given.length - 1 };
}

function noteExport({ root }: Errand, { id }: LogExport): void {
  if (root.deed) root.deed = { ...root.deed, reference: id };
}

function textOf({ format }: LogExport, part: number, reads: readonly Read[], rows: readonly LogRow[]): string {
  if (format === 'CSV') return [...(part === 0 ? [readCsvHead] : []), ...reads.map(readCsvRow)].join('');
  const leaves = format === 'SIGNED' ? leavesOf(rows) : null;
  const lineOf = (read: Read) =>
    leaves ? { leaf: read.isOwn ? null : (leaves.get(read.id) ?? null), entry: answered(read) } : answered(read);
  return reads.map((read) => `${JSON.stringify(lineOf(read))}\n`).join('');
}

/**
 * Entry to the hash of its leaf, base64. What an entry hides from a reader could be guessed and tried against the hash, if
 * nothing else in it were unknown to them: so only those with the id of somebody else's token, which nobody can guess.
 */
function leavesOf(rows: readonly LogRow[]): ReadonlyMap<string, string> {
  return new Map(
    rows.flatMap(({ body }) => {
      const entry = parseLogged(body);
      return entry?.actor?.tokenId ? [[entry.id, Buffer.from(leafHash(body)).toString('base64')] as const] : [];
    }),
  );
}

/** @throws GatewayError BAD_USER_INPUT where not every part was given out */
function noteOf(
  { engine, request }: Errand,
  { id, from, to, filters }: LogExport,
  given: readonly (GivenPart | null)[],
): string {
  const parts = given.filter((each) => each !== null);
  if (parts.length < given.length) {
    throw new GatewayError('BAD_USER_INPUT', 'What is signed stands under all parts: ask for each of them first.');
  }
  const { principal, view, now } = request;
  return engine.reports.signExport(
    exportText({
      reference: id,
      madeAt: now.toISOString(),
      partner: principal.partner,
      role: view.role.name,
      from: from.toISOString(),
      to: to.toISOString(),
      filters,
      policy: engine.policy.bundle.hash,
      parts,
      checkpoint: engine.reports.checkpoint(),
    }),
  );
}
