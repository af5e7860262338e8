import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { signTree } from '../../src/audit/checkpointer.ts';
import { generateKey, openNote, parseSigner, parseVkey } from '../../src/audit/note.ts';
import { verifyInclusion } from '../../src/audit/proof.ts';
import { parseTlogProof } from '../../src/audit/tlog-proof.ts';
import { EMPTY, extend, leafHash } from '../../src/audit/tree.ts';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, OFFICER, PROBATION } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1]) => subjects(people, trait)[0] as Subject;
const LEAD = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'IG_ASSURANCE' } as const;
const officerAt = (partner: string) => ({ ...OFFICER, partner });
const ENTRY = `query ($id: ID!) {
  logEntry(id: $id) {
    entry { id kind side released withheld { field holder told } } others { id kind }
    approval { policy listed approver inForce }
    rules { field holder shown now agreements permissions text }
    inclusion { state index leaf path proof bytes size root key }
  }
}`;
const STATUS = `{
  logStatus {
    key size checkpoint at need witnessed witnesses { name }
    latest { reference state } finished { reference state problem entry checked of partner }
    outside { reference who partner size agrees }
  }
}`;

let stack: Stack;
let key: string;
/** A request of a probation officer about somebody whom they may see. */
let requestId: string;

beforeAll(async () => {
  stack = await startStack();
  key = parseSigner(stack.config.auditSigningKey).vkey;
  const selection = 'custody { releaseDate } policing { markers { code } }';
  requestId = (await askAs(stack, PROBATION, someone('allowed'), selection)).body.extensions.requestId;
  await until(async () => (await status()).size > (await placeOf(await idOf(requestId, 'disclosure'))));
});

afterAll(() => stack?.close());

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await holds()); await sleep(25)) {
    if (performance.now() > end) throw new Error('it never came to be so');
  }
}

async function placeOf(id: string): Promise<number> {
  const [row] = await stack.sql<{ index: string }>('select index from audit.entry where id = $1', [id]);
  return Number(row?.index);
}

async function idOf(request: string, kind: string): Promise<string> {
  return String((await stack.entries(request)).find((entry) => entry['kind'] === kind)?.['id']);
}

// Answers are read by path.
// biome-ignore lint/suspicious/noExplicitAny: see above
async function evidence(caller: AskOptions, id: string): Promise<any> {
  const answer = await stack.ask(ENTRY, { ...caller, variables: { id } });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data.logEntry;
}

// biome-ignore lint/suspicious/noExplicitAny: see above
async function status(caller: AskOptions = OFFICER): Promise<any> {
  return (await stack.ask(STATUS, caller)).body.data.logStatus;
}

// biome-ignore lint/suspicious/noExplicitAny: see above
async function mutate(field: string, type: string, input: object, caller: AskOptions = OFFICER): Promise<any> {
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ok code allowedNow reference } }`;
  const answer = await stack.ask(query, { ...caller, variables: { input } });
  return answer.body.data?.[field] ?? answer.body.errors[0].extensions.code;
}

const verify = (idempotencyKey: string) => mutate('verifyLog', 'VerifyLogInput', { idempotencyKey });

/** Once it has come to its end. */
// biome-ignore lint/suspicious/noExplicitAny: see above
async function verified(idempotencyKey: string): Promise<any> {
  const { ok, reference } = await verify(idempotencyKey);
  expect(ok).toBe(true);
  const query = 'query ($id: ID!) { verification(reference: $id) { state problem entry checked of finishedAt } }';
  const ask = async () => (await stack.ask(query, { ...LEAD, variables: { id: reference } })).body.data.verification;
  await until(async () => (await ask())?.state !== 'RUNNING' && (await ask()) !== null);
  return ask();
}

/** @returns the id of its request */
async function search(caller: AskOptions): Promise<string> {
  const subjectOf = { type: 'CRN', value: someone('allowed').identifiers['CRN'] };
  const filter = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', subjectOf };
  const query = 'query ($filter: LogFilter!) { logEntries(filter: $filter, first: 1) { hasNextPage } }';
  return (await stack.ask(query, { ...caller, variables: { filter } })).body.extensions.requestId;
}

describe('AUDIT-04 one entry', () => {
  test('comes with a proof that anybody can count again', async () => {
    const { entry, inclusion } = await evidence(OFFICER, await idOf(requestId, 'disclosure'));
    expect(entry).toMatchObject({ kind: 'disclosure', side: 'RECIPIENT' });
    expect(inclusion).toMatchObject({ state: 'PROVED', key, bytes: null });
    const proof = parseTlogProof(inclusion.proof);
    const checkpoint = parseCheckpoint(openNote(proof?.note ?? '', [parseVkey(inclusion.key)]).text);
    const leaf = Buffer.from(inclusion.leaf, 'base64');
    if (!proof || !checkpoint) throw new Error('no proof');
    expect(verifyInclusion({ leaf, index: proof.index, proof: proof.hashes }, checkpoint)).toBe(true);
    expect(proof.hashes.map((hash) => Buffer.from(hash).toString('base64'))).toEqual(inclusion.path);
    expect([checkpoint.size, Buffer.from(checkpoint.root).toString('base64')]).toEqual([
      inclusion.size,
      inclusion.root,
    ]);
  });

  test('is given in its exact bytes to the lead', async () => {
    const { inclusion } = await evidence(LEAD, await idOf(requestId, 'disclosure'));
    expect(leafHash(Buffer.from(inclusion.bytes)).toString()).toBe(Buffer.from(inclusion.leaf, 'base64').toString());
    expect(JSON.parse(inclusion.bytes).requestId).toBe(requestId);
  });

  test('SHARE-06 tells no place beside another of its request: a gap would be somebody else', async () => {
    const { entry, others, inclusion } = await evidence(OFFICER, await idOf(requestId, 'request'));
    expect([entry.kind, others.map(({ kind }: { kind: string }) => kind)]).toEqual(['request', ['disclosure']]);
    expect(inclusion).toMatchObject({ state: 'PROVED', index: null, leaf: null, path: null, proof: null, bytes: null });
  });

  test('SHARE-04 tells no hash of what the reader did: it could be tried against guesses', async () => {
    const own = await search(LEAD);
    const { inclusion } = await evidence(LEAD, await idOf(own, 'search'));
    expect(inclusion).toMatchObject({ index: null, leaf: null, path: null, proof: null, bytes: null });
    // By another officer's, the lead's is not told of at all.
    expect(await evidence(OFFICER, await idOf(own, 'search'))).toBeNull();
  });

  test('says who approved what decided it, and what is the rule today', async () => {
    const { approval, rules } = await evidence(LEAD, await idOf(requestId, 'disclosure'));
    expect(approval).toMatchObject({ inForce: true, policy: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(approval.listed).toBe(approval.approver !== null);
    expect(rules).toContainEqual({
      field: 'Custody.releaseDate',
      holder: 'hmpps-prisons',
      shown: true,
      now: 'ALWAYS',
      agreements: [expect.any(String)],
      permissions: [],
      text: expect.stringMatching(
        /^Today it would be shown of whoever the caller has a relationship with: .+ gives it\.$/,
      ),
    });
    const hidden = await askAs(stack, PROBATION, someone('permissionWithdrawn'), 'health { medication }');
    const withheld = await evidence(LEAD, await idOf(hidden.body.extensions.requestId, 'disclosure'));
    expect(withheld.rules).toContainEqual(
      expect.objectContaining({ field: 'Health.medication', shown: false, now: 'DEPENDS' }),
    );
  });

  test.each<[string, () => AskOptions]>([
    ['a holder whose data was not asked for', () => officerAt('southdale-housing')],
    ['a reader of whom a restriction keeps the person', () => LEAD],
  ])('that is not theirs to read is for %s what none is', async (_, caller) => {
    const isLead = caller() === LEAD;
    const about = someone(isLead ? 'restrictedListed' : 'allowed');
    const asked = (await askAs(stack, PROBATION, about)).body.extensions.requestId;
    const entries = await stack.entries(asked);
    for (const { id } of entries) expect(await evidence(caller(), String(id))).toBeNull();
    expect(await evidence(caller(), '0b5a5b06-0000-4000-8000-000000000000')).toBeNull();
    expect(await evidence(caller(), 'none')).toBeNull();
  });

  test('AUDIT-02 is itself an entry, about the same person', async () => {
    const id = await idOf(requestId, 'disclosure');
    const answer = await stack.ask(ENTRY, { ...OFFICER, variables: { id } });
    const [of] = (await stack.entries(requestId)).filter((entry) => entry['id'] === id);
    expect(await stack.entries(answer.body.extensions.requestId)).toContainEqual(
      expect.objectContaining({ kind: 'search', field: 'logEntry', found: 1, subject: of?.['subject'] }),
    );
  });
});

describe('AUDIT-04 the log as a whole', () => {
  test('shows its key, its newest checkpoint and nobody', async () => {
    const { checkpoint, at, ...rest } = await status(officerAt('southdale-housing'));
    expect(rest).toMatchObject({ key, witnesses: [], need: null, witnessed: null, outside: null, latest: null });
    expect(parseCheckpoint(openNote(checkpoint, [parseVkey(key)]).text)?.size).toBe(rest.size);
    expect(Date.parse(at)).toBeGreaterThan(0);
  });

  test('is found good, and who had it checked is kept', async () => {
    const found = await verified('good-00001');
    expect(found).toMatchObject({ state: 'GOOD', problem: null, entry: null, finishedAt: expect.any(String) });
    expect(found.checked).toBe(found.of);
    expect(found.of).toBeGreaterThan(0);
    const { finished } = await status(LEAD);
    expect(finished).toMatchObject({ state: 'GOOD', partner: OFFICER.partner });
    // The same key again is the same check.
    expect((await verify('good-00001')).reference).toBe(finished.reference);
  });

  test('is checked once at a time; what a gateway left that stopped is told as interrupted', async () => {
    const other = '0b5a5b06-0000-4000-8000-000000000001';
    await stack.sql(
      `insert into record.verification (id, idempotency_key, partner, started_by, state, started_at)
       values ($1, 'other-0001', 'elsewhere', 'E-1', 'RUNNING', now() + interval '1 day')`,
      [other],
    );
    expect(await verify('second-001')).toEqual({
      ok: false,
      code: 'ALREADY_RUNNING',
      allowedNow: ['verification'],
      reference: other,
    });
    await stack.sql(`update record.verification set beat_at = now() - interval '1 hour' where id = $1`, [other]);
    expect((await status()).latest).toEqual({ reference: other, state: 'INTERRUPTED' });
    expect(await verified('third-0001')).toMatchObject({ state: 'GOOD' });
  });

  test('goes on from a checkpoint that somebody outside kept', async () => {
    const { checkpoint } = await status();
    const input = { checkpoint: checkpoint.trim(), who: 'Audit South West', idempotencyKey: 'outside-01' };
    const kept = await mutate('recordOutsideVerification', 'RecordOutsideVerificationInput', input);
    expect(kept).toMatchObject({ ok: true, code: null });
    const again = await mutate('recordOutsideVerification', 'RecordOutsideVerificationInput', input);
    expect(again).toEqual(kept);
    const { outside } = await status(LEAD);
    const { partner } = OFFICER;
    expect(outside).toMatchObject({ reference: kept.reference, who: 'Audit South West', partner, agrees: true });
    const reused = { ...input, who: 'Somebody else' };
    expect(await mutate('recordOutsideVerification', 'RecordOutsideVerificationInput', reused)).toMatchObject({
      ok: false,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  test.each<[string, (signed: string) => string]>([
    ['signed by another key', () => signTree(EMPTY, parseSigner(generateKey('log.example').privateKey)).note],
    ['no checkpoint', () => 'nothing\n'],
  ])('is not what a note says that is %s', async (_, note) => {
    const input = { checkpoint: note(''), who: 'Audit South West', idempotencyKey: 'outside-02' };
    expect(await mutate('recordOutsideVerification', 'RecordOutsideVerificationInput', input)).toMatchObject({
      ok: false,
      code: 'NOT_OF_THIS_LOG',
    });
  });

  test.each([['x'], ['a\u0000b'], ['a\u202eb'], ['x'.repeat(101)]])('takes no %j for who checked', async (who) => {
    const input = { checkpoint: 'x', who, idempotencyKey: 'outside-03' };
    expect(await mutate('recordOutsideVerification', 'RecordOutsideVerificationInput', input)).toBe('BAD_USER_INPUT');
  });

  test('that its key has signed otherwise is kept, and told to everybody', async () => {
    const forged = extend(EMPTY, [leafHash(Buffer.from('another'))]);
    const { note } = signTree(forged, parseSigner(stack.config.auditSigningKey));
    const input = { checkpoint: note, who: 'Audit North East', idempotencyKey: 'outside-04' };
    const told = await mutate('recordOutsideVerification', 'RecordOutsideVerificationInput', input);
    expect(told).toMatchObject({ ok: false, code: 'LOG_DIFFERS', allowedNow: ['verifyLog', 'logStatus'] });
    expect((await status(officerAt('southdale-housing'))).outside).toMatchObject({ size: 1, agrees: false });
    expect(await verified('differs-01')).toMatchObject({
      state: 'TAMPERED',
      problem: 'it does not go on from the checkpoint of 1 entries that was kept outside',
    });
    await stack.sql('delete from record.outside_verification');
  });

  test('is found altered by whoever may write into its tables, and where', async () => {
    const id = await idOf(requestId, 'disclosure');
    const place = await placeOf(id);
    const swap = (from: string, to: string) =>
      stack.sql(
        `update audit.entry set body = convert_to(replace(convert_from(body, 'UTF8'), $2, $3), 'UTF8') where id = $1`,
        [id, from, to],
      );
    await swap('PRO-0001', 'PRO-0002');
    expect((await evidence(OFFICER, id)).inclusion).toMatchObject({ state: 'NOT_PROVED', path: null, proof: null });
    const message = `entry ${place} is not the one that was appended`;
    expect(await verified('altered-01')).toMatchObject({ state: 'TAMPERED', entry: place, problem: message });
    expect((await status(LEAD)).finished).toMatchObject({ state: 'TAMPERED', entry: place });
    await swap('PRO-0002', 'PRO-0001');
    await stack.sql(`update audit.entry set practitioner = 'PRO-0002' where id = $1`, [id]);
    expect(await verified('altered-02')).toMatchObject({ state: 'TAMPERED', entry: place });
    await stack.sql(`update audit.entry set practitioner = 'PRO-0001' where id = $1`, [id]);
    expect(await verified('altered-03')).toMatchObject({ state: 'GOOD' });
  });
});
