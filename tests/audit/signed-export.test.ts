import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseVkey } from '../../src/audit/note.ts';
import { type ExportFrame, exportText, openExport, signExport } from '../../src/audit/signed-export.ts';
import { FORGER, LOG, noteAt, SIGNER, VKEY } from './bundles.ts';

const LINES = [
  '{"leaf":null,"entry":{"id":"a"}}\n',
  '{"leaf":null,"entry":{"id":"é"}}\n',
  '{"leaf":null,"entry":{"id":"c"}}\n',
];
const partOf = (...lines: string[]) => ({
  entries: lines.length,
  sha256: createHash('sha256').update(lines.join('')).digest('hex'),
});
const FRAME: ExportFrame = {
  reference: '00000000-0000-4000-8000-000000000000',
  madeAt: '2026-11-22T10:00:00.000Z',
  partner: 'northmere-police',
  role: 'ig-officer',
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-22T00:00:00.000Z',
  filters: ['kind=disclosure', 'person'],
  policy: 'f'.repeat(64),
  parts: [partOf(...LINES.slice(0, 2)), partOf(...LINES.slice(2))],
  checkpoint: noteAt([], 0),
};
const KEYS = [parseVkey(VKEY)];
const fileOf = (frame = FRAME, lines = LINES, signer = SIGNER) =>
  Buffer.from(`${lines.join('')}\n${signExport(exportText(frame), signer)}`);

test('what was signed opens, says what it is of, and has the checkpoint in it', () => {
  const { text, lines } = openExport(fileOf(), KEYS);
  expect(lines.map((line) => `${line}\n`)).toEqual(LINES);
  expect(text).toContain('For northmere-police, ig-officer\nFrom 2026-11-01T00:00:00.000Z up to');
  expect(text).toContain('Picked by kind=disclosure; person\n');
  expect(text).toContain('Entries 3\n');
  expect(text).toContain(`\n${LOG}\n0\n`);
});

test('one of no entries, of a log without a checkpoint, opens too', () => {
  const file = fileOf({ ...FRAME, parts: [partOf()], checkpoint: null }, []);
  expect(openExport(file, KEYS).lines).toEqual([]);
});

test.each([
  ['another key’s', fileOf(FRAME, LINES, FORGER)],
  ['a line fewer', fileOf(FRAME, LINES.slice(1))],
  ['a line more', fileOf(FRAME, [...LINES, LINES[0] ?? ''])],
  ['lines in another order', fileOf(FRAME, LINES.toReversed())],
  ['a part that was not counted', fileOf({ ...FRAME, parts: FRAME.parts.slice(0, 1) })],
  ['no note', Buffer.from(LINES.join(''))],
  ['a checkpoint instead of one', Buffer.from(`${LINES.join('')}\n${noteAt([], 0)}`)],
  ['bytes that are no text', Buffer.concat([Buffer.from([0xff]), fileOf()])],
  ['nothing', Buffer.alloc(0)],
])('%s does not open', (_, file) => {
  expect(() => openExport(file, KEYS)).toThrow(expect.objectContaining({ name: 'NoteError' }));
});

test('the key signs no other text', () => {
  expect(() => signExport('Throughgate subject report v1\n', SIGNER)).toThrow('begins with');
});
