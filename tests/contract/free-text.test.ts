import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSigner, parseVkey } from '../../src/audit/note.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { throughgate } from '../cli/program.ts';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { MANAGER, OFFICER, PROBATION } from './callers.ts';
import { attempt, breakGlass } from './glass.ts';

const people = population();
const stranger = String(people.traits().unrelated[0]?.identifiers['CRN']);
const WHY = 'The person rang the desk in distress.';
const FOUND = 'The desk confirmed the call.';
const LEAVE = 'On sick leave until Friday.';
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.sql(`delete from record.manager where partner = 'probation-service'`);
  await stack.sql(`insert into record.manager (partner, practitioner, team, valid_from)
    values ('probation-service', 'PRM-0001', 'T-TESTS', '2026-01-01')`);
  await stack.sql(`insert into record.team_member (partner, practitioner, team, valid_from)
    values ('probation-service', 'PRO-0001', 'T-TESTS', '2026-01-01'), ('probation-service', 'PRO-0003', 'T-TESTS', '2026-01-01')`);
});

afterAll(() => stack?.close());

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly text?: { readonly id: string; readonly commitment: string } | null;
  readonly deed?: { readonly text?: { readonly id: string; readonly commitment: string } };
}

async function entriesOf(requestId: string | null): Promise<Entry[]> {
  return (await stack.entries(String(requestId))) as unknown as Entry[];
}

async function reviewText(reference: string, caller: AskOptions = OFFICER): Promise<string | null> {
  const { body } = await stack.ask('{ workItems(first: 100) { reference review { text } } }', caller);
  return body.data.workItems.find((item: { reference: string }) => item.reference === reference).review.text;
}

async function sealedOf(id: string): Promise<Buffer | null> {
  const [row] = await stack.sql<{ sealed: Buffer }>('select sealed from audit.free_text where id = $1', [id]);
  return row?.sealed ?? null;
}

const erase = (entry: string, reason = 'RETENTION_ENDED') =>
  throughgate(['audit', 'erase-text', '--entry', entry, '--reason', reason], { DATABASE_OWNER_URL: stack.ownerUrl });

/** Everything that the database has, but for keys that only the gateway knows. */
async function dump(): Promise<string> {
  const tables = await stack.sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('record', 'audit')`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => stack.sql<{ text: string }>(`select t::text as text from ${name} t`)),
  );
  const bodies = await stack.sql<{ text: string }>(`select convert_from(body, 'UTF8') as text from audit.entry`);
  return [...rows.flat(), ...bodies].map(({ text }) => text).join('\n');
}

test('what people write is read by its readers, lies nowhere in the clear, and is erased without a trace in any proof', async () => {
  const variables = attempt('CRN', stranger, { text: WHY });
  const broken = await breakGlass(stack, PROBATION, variables);
  const reference = String(broken.headers.get('x-request-id'));
  const [, glass] = await entriesOf(reference);
  expect(glass).toMatchObject({ kind: 'break-glass', text: { commitment: expect.stringMatching(/^[\w-]{43}$/) } });
  const words = Buffer.from(WHY).toString('hex');
  expect(await reviewText(reference)).toBe(WHY);
  expect(await dump()).not.toMatch(new RegExp(`rang the desk|${words}`));

  // The same attempt again writes nothing new.
  const again = await breakGlass(stack, PROBATION, variables);
  expect((await entriesOf(again.headers.get('x-request-id')))[1]).toMatchObject({ kind: 'break-glass', text: null });

  const closed = await stack.ask(
    'mutation ($input: CloseBreakGlassReviewInput!) { closeBreakGlassReview(input: $input) { ok } }',
    { ...OFFICER, variables: { input: { reference, outcome: 'JUSTIFIED', text: FOUND, expectedVersion: 1 } } },
  );
  const [, review] = await entriesOf(closed.headers.get('x-request-id'));
  const covered = await stack.ask('mutation ($input: RecordCoverInput!) { recordCover(input: $input) { ok } }', {
    ...MANAGER,
    variables: {
      input: {
        practitioner: 'PRO-0001',
        coveredBy: 'PRO-0003',
        reason: LEAVE,
        from: people.anchor,
        until: people.anchor,
        idempotencyKey: 'cover-of-the-text-test',
      },
    },
  });
  const [cover] = await entriesOf(covered.headers.get('x-request-id'));
  const written = [
    [glass, glass?.text?.id],
    [review, review?.text?.id],
    [cover, cover?.deed?.text?.id],
  ] as const;
  expect(new Set(written.map(([, id]) => id)).size).toBe(3);
  expect(await dump()).not.toMatch(/confirmed the call|sick leave/);

  for (const [entry, id] of written) {
    expect(await sealedOf(String(id))).not.toBeNull();
    expect(await erase(String(entry?.id))).toEqual({ exitCode: 0, stdout: 'erased\n', stderr: '' });
    expect(await sealedOf(String(id))).toBeNull();
    const [last] = await stack.sql<{ body: Buffer }>('select body from audit.entry order by index desc limit 1');
    expect(JSON.parse(String(last?.body))).toMatchObject({
      kind: 'review',
      processing: 'erasure',
      outcome: 'TEXT_ERASED',
      entry: entry?.id,
      reason: 'RETENTION_ENDED',
    });
  }
  const size = async () => (await stack.sql<{ size: string }>('select size from audit.head'))[0]?.size;
  const before = await size();
  expect(await erase(String(glass?.id))).toEqual({ exitCode: 0, stdout: 'erased before\n', stderr: '' });
  expect(await size()).toBe(before);

  const rows = await stack.sql<{ body: Buffer }>('select body from audit.entry order by index');
  const note = await newestNote(rows.length);
  const { vkey } = parseSigner(stack.config.auditSigningKey);
  const entries = rows.map(({ body }) => Buffer.concat([body, Buffer.from('\n')]));
  expect(await verifyLog({ entries, checkpoint: note, earlier: [], keys: [parseVkey(vkey)] })).toMatchObject({
    ok: true,
  });
});

test('a reviewer reads of an erased text that there is none, and another partner’s reviewer never reads any', async () => {
  const broken = await breakGlass(stack, PROBATION, attempt('CRN', 'X999999', { text: WHY }));
  const reference = String(broken.headers.get('x-request-id'));
  const lead = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'IG_ASSURANCE' };
  expect(await reviewText(reference, lead)).toBeNull();
  expect(await reviewText(reference)).toBe(WHY);
  const [, glass] = await entriesOf(reference);
  expect((await erase(String(glass?.id))).exitCode).toBe(0);
  expect(await reviewText(reference)).toBeNull();
});

test('a text opens with its salt: whoever has both can show that they are what was written', async () => {
  const broken = await breakGlass(stack, PROBATION, attempt('CRN', stranger, { text: WHY }));
  const [, glass] = await entriesOf(broken.headers.get('x-request-id'));
  const { id, commitment } = glass?.text ?? { id: '', commitment: '' };
  const { openText } = await import('../../src/audit/free-text.ts');
  const sealed = (await sealedOf(id)) ?? Buffer.alloc(0);
  expect(openText(stack.config.auditHmacKeys, id, 1, sealed)).toBe(WHY);
  expect(commitment).not.toBe(createHash('sha256').update(WHY).digest('base64url'));
  const [key] = stack.config.auditHmacKeys as readonly [Uint8Array];
  expect(commitment).not.toBe(createHmac('sha256', key).update(WHY).digest('base64url'));
});

test('nothing is erased under a hold, nor of what has no text, nor for no reason', async () => {
  const broken = await breakGlass(stack, PROBATION, attempt('CRN', stranger, { text: WHY }));
  const [request, glass] = await entriesOf(broken.headers.get('x-request-id'));
  await stack.sql(
    `insert into audit.hold (reference, from_month, until_month)
     values ('INQ-1', date_trunc('month', now())::date, date_trunc('month', now())::date)`,
  );
  const held = await erase(String(glass?.id));
  expect(held).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('The hold INQ-1 is over') });
  await stack.sql(`update audit.hold set released_at = now()`);

  const none = await erase(String(request?.id));
  expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no entry of this id with a text') });
  const wrong = await erase('some entry', 'BECAUSE');
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toMatch(/--entry must be the id[\s\S]*--reason must be one of RETENTION_ENDED/);
  expect(await sealedOf(String(glass?.text?.id))).not.toBeNull();
  const erasures = await stack.sql(`select from audit.entry where convert_from(body, 'UTF8') like $1`, [
    `%"entry":"${glass?.id}"%`,
  ]);
  expect(erasures).toEqual([]);
});

/** The newest checkpoint, once it covers so many entries. */
async function newestNote(size: number): Promise<string> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    const [row] = await stack.sql<{ note: string }>('select note from audit.checkpoint where size = $1', [size]);
    if (row) return row.note;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the end of the log was not signed within ten seconds');
}
