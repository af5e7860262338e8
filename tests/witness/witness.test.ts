import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { formatSubmission } from '../../src/audit/add-checkpoint.ts';
import { cosignaturesOf, generateCosigningKey, parseCosigner, parseCosigningKey } from '../../src/audit/cosignature.ts';
import { generateKey, openNote, parseSigner, parseVkey, signNote, type Verifier } from '../../src/audit/note.ts';
import { leafHash } from '../../src/audit/tree.ts';
import { createWitnessServer } from '../../src/witness/server.ts';
import { createStates } from '../../src/witness/states.ts';
import { createWitness, type Witness } from '../../src/witness/witness.ts';
import { FORGER, LOG, linesOf, noteAt, SIGNER, VKEY } from '../audit/bundles.ts';
import { consistencyProof } from '../audit/definition.ts';

/**
 * The submissions of litewitness's tests (torchwood, cmd/litewitness/testdata/litewitness.txt), for the log of a key that
 * it publishes there. Where it answers 403 for an unknown log, https://c2sp.org/tlog-witness now says 404.
 */
const SIGSUM = 'sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562';
const SIGSUM_KEY = Buffer.from('ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f', 'hex');
const ONE = `${SIGSUM}
1
KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— ${SIGSUM} UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=
`;
const THREE = `${SIGSUM}
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— ${SIGSUM} UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
`;
const FIVE = `${SIGSUM}
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— ${SIGSUM} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
`;
const FROM_ONE = `KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
`;
const FROM_THREE = `KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
`;
/** A checkpoint of the Go checksum database, and its key. */
const SUMDB = `go.sum database tree
35225469
vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=

— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=
`;
const SUMDB_KEY = parseVkey('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8');

const key = generateCosigningKey('witness.example/w1');
const cosigner = parseCosigner(key.vkey);
const NOW = Date.parse('2026-05-05T09:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'throughgate-witness-'));
let dir: string;
let witness: Witness;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  dir = mkdtempSync(join(folder, 'w'));
  witness = witnessOn(dir);
});

function witnessOn(where: string, logs: readonly (readonly [string, Verifier])[] = LOGS): Witness {
  return createWitness({
    signer: parseCosigningKey(key.privateKey),
    logs: new Map(logs.map(([origin, verifier]) => [origin, [verifier]])),
    states: createStates(where),
    clock: { now: () => new Date(NOW) },
  });
}

const LOGS: readonly (readonly [string, Verifier])[] = [
  [SIGSUM, sigsumVerifier()],
  [LOG, parseVkey(VKEY)],
  ['go.sum database tree', SUMDB_KEY],
];

function sigsumVerifier(): Verifier {
  const id = hash('sha256', Buffer.concat([Buffer.from(`${SIGSUM}\n\x01`), SIGSUM_KEY])).slice(0, 8);
  return parseVkey(`${SIGSUM}+${id}+${Buffer.concat([Buffer.of(1), SIGSUM_KEY]).toString('base64')}`);
}

describe('the exchange that another witness publishes as its test', () => {
  test('is answered as it answers', () => {
    expect(witness.add(`old 0\n\n${ONE}`).status).toBe(200);
    // Theirs is changed in bits that base64 does not use, which to us is malformed; this one is another signature.
    expect(witness.add(`old 1\n${FROM_ONE}\n${THREE.replace('6go=', '6gx=')}`).status).toBe(400);
    expect(witness.add(`old 1\n${FROM_ONE}\n${THREE.replace('6go=', '6hw=')}`).status).toBe(403);
    expect(witness.add(`old 1\n${FROM_ONE}\n${THREE.replaceAll('e562', 'e563')}`).status).toBe(404);
    expect(witness.add(`old 1\n\n${THREE}`).status).toBe(422);
    expect(witness.add(`old 1\n${FROM_ONE.replace('AAA=\n', 'ABA=\n')}\n${THREE}`).status).toBe(422);
    expect(witness.add(`old 1\n${FROM_ONE}\n${THREE}`).status).toBe(200);
    expect(witness.add(`old 1\n${FROM_THREE}\n${FIVE}`)).toEqual({ status: 409, size: 3 });
    expect(witness.add(`old 3\n${FROM_THREE}\n${FIVE}`).status).toBe(200);
    expect(witness.add(`old 0\n\n${FIVE}`)).toEqual({ status: 409, size: 5 });
  });

  test('leads to cosignatures of these checkpoints at this time, and to a newest one that anybody may have', () => {
    const answer = witness.add(`old 0\n\n${FIVE}`);
    const lines = answer.status === 200 ? answer.lines : '';
    expect(cosignaturesOf(FIVE + lines, [cosigner])).toMatchObject([{ time: NOW / 1000 }]);
    expect(witness.newest(hash('sha256', SIGSUM))).toBe(FIVE + lines);
    expect(openNote(witness.newest(hash('sha256', SIGSUM)) ?? '', [sigsumVerifier()]).signedBy).toHaveLength(1);
    expect(witness.newest(hash('sha256', LOG))).toBeNull();
  });
});

test('a checkpoint of the Go checksum database, whose key has another name than its log, is cosigned', () => {
  expect(witness.add(`old 0\n\n${SUMDB}`).status).toBe(200);
});

const lines = linesOf(40);
const leaves = lines.map((line) => leafHash(Buffer.from(line)));
const step = (old: number, size: number, note = noteAt(lines, size)) =>
  formatSubmission({ old, proof: old === size ? [] : consistencyProof(leaves.slice(0, size), old), note });

describe('a witness', () => {
  test('never goes back, and follows what it has cosigned only', () => {
    expect(witness.add(step(0, 20)).status).toBe(200);
    expect(witness.add(step(10, 30))).toEqual({ status: 409, size: 20 });
    expect(witness.add(step(0, 10))).toEqual({ status: 409, size: 20 });
    expect(witness.add(formatSubmission({ old: 20, proof: [], note: noteAt(lines, 10) })).status).toBe(400);
    expect(witness.add(step(20, 40)).status).toBe(200);
    expect(witness.add(step(40, 40)).status).toBe(200);
  });

  test('cosigns no other log of the name, be it signed with the right key', () => {
    const other = linesOf(40, 7);
    expect(witness.add(step(0, 20)).status).toBe(200);
    expect(witness.add(step(20, 20, noteAt(other, 20))).status).toBe(422);
    expect(witness.add(step(20, 30, noteAt(other, 30))).status).toBe(422);
    const proof = consistencyProof(other.map((line) => leafHash(Buffer.from(line))).slice(0, 30), 20);
    expect(witness.add(formatSubmission({ old: 20, proof, note: noteAt(other, 30) })).status).toBe(422);
    expect(witness.add(step(20, 30)).status).toBe(200);
  });

  test('takes an empty log as one that is empty, and its continuation', () => {
    expect(witness.add(step(0, 0)).status).toBe(200);
    const root = Buffer.alloc(32).toString('base64');
    expect(witness.add(`old 0\n\n${signNote(`${LOG}\n0\n${root}\n`, SIGNER)}`).status).toBe(422);
    const proof = leaves.slice(0, 1);
    expect(witness.add(formatSubmission({ old: 0, proof, note: noteAt(lines, 9) })).status).toBe(422);
    expect(witness.add(step(0, 9)).status).toBe(200);
  });

  test('takes a log’s new key beside its old one', () => {
    const next = parseSigner(generateKey(LOG).privateKey);
    const both = createWitness({
      signer: parseCosigningKey(key.privateKey),
      logs: new Map([[LOG, [parseVkey(VKEY), parseVkey(next.vkey)]]]),
      states: createStates(dir),
      clock: { now: () => new Date(NOW) },
    });
    expect(both.add(step(0, 9)).status).toBe(200);
    expect(both.add(step(9, 12, noteAt(lines, 12, next))).status).toBe(200);
    expect(both.add(step(12, 13, noteAt(lines, 13, FORGER))).status).toBe(403);
  });

  test.each([
    ['nothing', ''],
    ['no size', `${step(0, 9).slice(6)}`],
    ['a size with a zero before it', step(0, 9).replace('old 0', 'old 00')],
    ['a size that no number holds', step(0, 9).replace('old 0', 'old 99999999999999999999')],
    ['a hash of another length', step(0, 9).replace('old 0\n', 'old 0\nAAAA\n')],
    ['more hashes than any tree has', step(0, 9).replace('old 0\n', `old 0\n${`${'A'.repeat(43)}=\n`.repeat(64)}`)],
    ['no note', 'old 0\n\n'],
    ['a note that is no checkpoint', `old 0\n\n${FIVE.replace('\n5\n', '\nfive\n')}`],
    ['carriage returns', step(0, 9).replaceAll('\n', '\r\n')],
  ])('reads %s as malformed', (_what, body) => {
    expect(witness.add(body).status).toBe(400);
  });

  test('goes on where it was, with what it wrote before it answered', () => {
    expect(witness.add(step(0, 20)).status).toBe(200);
    expect(witnessOn(dir).add(step(0, 30))).toEqual({ status: 409, size: 20 });
    expect(witnessOn(dir).add(step(20, 30)).status).toBe(200);
    expect(readdirSync(dir)).toEqual([`${hash('sha256', LOG)}.2`]);
  });

  test('keeps the log’s signature and its own, however many others a note carries', () => {
    const stranger = parseSigner(generateKey('stranger').privateKey);
    const extra = noteAt(lines, 9, { ...stranger, name: LOG }).split('\n\n')[1] ?? '';
    expect(witness.add(step(0, 9, noteAt(lines, 9) + extra.repeat(99))).status).toBe(200);
    expect(witness.add(step(9, 9, witness.newest(hash('sha256', LOG)) ?? '')).status).toBe(200);
    expect(witness.newest(hash('sha256', LOG))?.match(/^— /gm)).toHaveLength(2);
  });

  test('does not begin with a file that it did not write', () => {
    writeFileSync(join(dir, `${hash('sha256', LOG)}.1`), noteAt(lines, 9).slice(0, -20));
    expect(() => witnessOn(dir)).toThrow('is not the checkpoint that was cosigned last');
  });

  test('clears away what was being written when it was killed', () => {
    writeFileSync(join(dir, 'half.draft'), 'half');
    expect(witnessOn(dir).add(step(0, 9)).status).toBe(200);
    expect(readdirSync(dir)).toHaveLength(1);
  });
});

test('nothing that is sent makes it fail, or cosign what is not signed', () => {
  const good = step(0, 9);
  const edits = fc.tuple(fc.nat(good.length), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }));
  fc.assert(
    fc.property(edits, ([at, removed, put]) => {
      const body = good.slice(0, at) + put + good.slice(at + removed);
      fc.pre(body !== good);
      expect([400, 403, 404, 409, 422]).toContain(witness.add(body).status);
    }),
    { numRuns: 300 },
  );
  expect(witness.add(good).status).toBe(200);
});

describe('two processes on one folder', () => {
  test('cannot both go on from one checkpoint', () => {
    expect(witness.add(step(0, 5)).status).toBe(200);
    const [one, other] = [createStates(dir), createStates(dir)];
    const [first, second] = [one.of(LOG), other.of(LOG)];
    expect(first.advance(noteAt(lines, 20))).toBe(true);
    expect(second.advance(noteAt(linesOf(40, 7), 10))).toBe(false);
    expect(other.of(LOG).checkpoint?.size).toBe(20);
  });

  test('not even when one sleeps while the other goes on twice', () => {
    const sleeper = createStates(dir).of(LOG);
    expect(witness.add(step(0, 5)).status).toBe(200);
    expect(witness.add(step(5, 6)).status).toBe(200);
    expect(sleeper.advance(noteAt(linesOf(40, 7), 3))).toBe(false);
    expect(createStates(dir).of(LOG).checkpoint?.size).toBe(6);
    expect(readdirSync(dir)).toHaveLength(1);
  });
});

describe('over HTTP', () => {
  test('answers have the types and bodies of the protocol', async () => {
    const logged: string[] = [];
    const app = createWitnessServer(witness, pino({}, { write: (line: string) => void logged.push(line) }));
    const post = (payload: string) => app.inject({ method: 'POST', url: '/log/add-checkpoint', payload });
    const good = await post(step(0, 9));
    expect(good).toMatchObject({ statusCode: 200, body: expect.stringMatching(/^— witness\.example\/w1 \S+\n$/) });
    const conflict = await post(step(0, 12));
    expect(conflict).toMatchObject({ statusCode: 409, body: '9\n' });
    expect(conflict.headers['content-type']).toBe('text/x.tlog.size');
    expect(await post('old')).toMatchObject({ statusCode: 400 });
    expect(logged).toEqual([]);
    expect(await post(step(9, 12, noteAt(linesOf(40, 7), 12)))).toMatchObject({ statusCode: 422 });
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ submitted: expect.stringContaining(LOG) });
    expect(await post('x'.repeat(300 * 1024))).toMatchObject({ statusCode: 413 });
    expect(await app.inject(`/log/${hash('sha256', LOG)}/checkpoint`)).toMatchObject({
      statusCode: 200,
      body: noteAt(lines, 9) + good.body,
    });
    for (const url of [
      '/log/x/checkpoint',
      `/log/${'0'.repeat(64)}/checkpoint`,
      '/',
      '/log/..%2f..%2fetc/checkpoint',
    ]) {
      expect(await app.inject(url)).toMatchObject({ statusCode: 404 });
    }
    expect(await app.inject('/health/live')).toMatchObject({ statusCode: 200, body: '{"live":true}' });
    await app.close();
  });

  test('a state that cannot be written is no cosignature', async () => {
    const app = createWitnessServer(witness, pino({ level: 'silent' }));
    rmSync(dir, { recursive: true });
    const answer = await app.inject({ method: 'POST', url: '/log/add-checkpoint', payload: step(0, 9) });
    expect(answer).toMatchObject({ statusCode: 500, body: 'The witness could not do it.\n' });
    await app.close();
  });
});

test('what is kept is the note itself', () => {
  const answer = witness.add(step(0, 9));
  expect(readFileSync(join(dir, `${hash('sha256', LOG)}.1`), 'utf8')).toBe(
    noteAt(lines, 9) + (answer.status === 200 ? answer.lines : ''),
  );
});
