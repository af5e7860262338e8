import { type Logged, parseLogged } from '../logged.ts';
import { csvHead, csvRow } from './csv.ts';
import { auditEvent } from './fhir.ts';
import { apiActivity } from './ocsf.ts';

/** The forms that entries are given out in, but for a bundle: what stands first, and one entry with its line end. */
interface Format {
  readonly head: string;
  /** @throws TypeError for bytes that are no entry, where the form has other ones */
  readonly line: (body: Uint8Array, index: number) => string;
}

export type FormatName = 'ndjson' | 'csv' | 'fhir' | 'ocsf';

/** `ndjson` is the exact bytes. The others say less, and no signature covers them: docs/log-formats.md. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  ndjson: { head: '', line: (body) => `${Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()}\n` },
  csv: { head: csvHead, line: (body, index) => csvRow(read(body, index), index) },
  fhir: { head: '', line: (body, index) => `${JSON.stringify(auditEvent(read(body, index), index))}\n` },
  ocsf: { head: '', line: (body, index) => `${JSON.stringify(apiActivity(read(body, index), index))}\n` },
};

function read(body: Uint8Array, index: number): Logged {
  const entry = parseLogged(body);
  if (entry === null) throw new TypeError(`what stands at ${index} is no entry of the log: see \`audit fsck\``);
  return entry;
}
