import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatCheckpoint } from '../../src/audit/checkpoint.ts';
import { generateKey, parseSigner, type Signer, signNote } from '../../src/audit/note.ts';
import { resume } from '../../src/audit/resume.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from '../../src/audit/tree.ts';
import { createAuditStore } from '../../src/store/audit.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { createTreeStore, type TreeStore } from '../../src/store/tree.ts';
import { clearLog, migratedDatabase, query, type TestDatabase } from './database.ts';

const signer = parseSigner(generateKey('log.example').privateKey);
const other = parseSigner(generateKey('log.example').privateKey);

let database: TestDatabase;
let store: Store;
let trees: TreeStore;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 2 });
  trees = createTreeStore(store.db);
});

afterEach(() => clearLog(database));

afterAll(async () => {
  await store.close();
  await database.drop();
});

/** Appends, and answers the tree that came of it. */
async function append(count: number): Promise<Frontier> {
  let tree = EMPTY;
  await createAuditStore(store, EMPTY, (grown) => {
    tree = grown;
  }).append(
    Array.from({ length: count }, () => {
      const id = randomUUID();
      const nothing = { requestId: null, partner: null, practitioner: null, subject: null };
      return { id, at: new Date(), kind: 'start', ...nothing, body: Buffer.from(JSON.stringify({ id })) };
    }),
  );
  return tree;
}

function signed(tree: Frontier, by: Signer = signer, said: Frontier = tree) {
  return { tree, note: signNote(formatCheckpoint({ origin: by.name, size: said.size, root: rootOf(said) }), by) };
}

const sql = (text: string) => query(database.ownerUrl, text);

describe('checkpoints', () => {
  it('are kept, and the newest is found', async () => {
    expect(await trees.checkpoint()).toBeNull();
    const [first, second] = [signed(await append(3)), signed(await append(4))];
    await trees.keep(second);
    await trees.keep(first);
    expect(await trees.checkpoint()).toEqual(plain(second));
  });

  it('of one size are kept once: the first stays', async () => {
    const tree = await append(3);
    await trees.keep(signed(tree));
    await trees.keep(signed(tree, other));
    expect(await trees.checkpoint()).toEqual(plain(signed(tree)));
  });

  it('of more entries than there are, or of others, are refused', async () => {
    const tree = await append(3);
    const stranger = extend(
      EMPTY,
      [1, 2, 3].map((n) => leafHash(Buffer.of(n))),
    );
    for (const wrong of [extend(tree, [leafHash(Buffer.of(1))]), stranger]) {
      await expect(trees.keep(signed(wrong))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
    expect(await trees.checkpoint()).toBeNull();
  });
});

describe('a gateway that starts', () => {
  it('takes up an empty log, one that was never signed, and one that grew since it was', async () => {
    expect((await resume(trees, [signer.vkey])).last).toBeNull();
    const tree = await append(5);
    expect((await resume(trees, [signer.vkey])).last).toBeNull();
    await trees.keep(signed(tree));
    expect((await resume(trees, [signer.vkey])).last).toEqual(plain(signed(tree)));
    await append(11);
    expect((await resume(trees, [signer.vkey])).last).toEqual(plain(signed(tree)));
  });

  it('takes up one that is longer than a page', async () => {
    for (let n = 0; n < 3; n += 1) await append(2_000);
    expect((await resume(trees, [signer.vkey])).last).toBeNull();
  });

  it.each([
    ['an entry was edited', `update audit.entry set body = '{}' where index = 6`, 'do not have the root'],
    ['an entry is gone', 'delete from audit.entry where index = 6', 'entry 6 is missing'],
    ['the last entry is gone', 'delete from audit.entry where index = 7', 'entry 7 is missing'],
    [
      'two entries changed places',
      `update audit.entry set index = 100 where index = 5; update audit.entry set index = 5 where index = 6;
       update audit.entry set index = 6 where index = 100`,
      'do not have the root',
    ],
    ['the head says another root', `update audit.head set root = sha256('x')`, 'do not have the root'],
    ['the head says another frontier', `update audit.head set frontier = sha256('x')`, 'do not have the root'],
    ['the log ends before its checkpoint', 'update audit.head set size = 3', 'ends before'],
    [
      'the checkpoint was edited',
      `update audit.checkpoint set note = replace(note, '5', '4')`,
      'neither of the key in use',
    ],
    ['the tree kept with it was edited', `update audit.checkpoint set frontier = sha256('x')`, 'of another tree'],
  ])('refuses when %s', async (_, edit, reason) => {
    await trees.keep(signed(await append(5)));
    await append(3);
    await sql(edit);
    await expect(resume(trees, [signer.vkey])).rejects.toThrow(reason);
  });

  it('refuses a checkpoint that another key signed, or that says something else', async () => {
    const tree = await append(5);
    await trees.keep(signed(tree, other));
    await expect(resume(trees, [signer.vkey])).rejects.toThrow(
      'carries a signature neither of the key in use nor of one in AUDIT_VERIFY_KEYS_FILE',
    );
    await sql('truncate audit.checkpoint');
    await trees.keep(signed(tree, signer, extend(EMPTY, [leafHash(Buffer.of(1))])));
    await expect(resume(trees, [signer.vkey])).rejects.toThrow('of another tree');
  });

  it('does not mind others appending while it looks', async () => {
    await append(5);
    let going = true;
    const appending = (async () => {
      while (going) await append(3);
    })();
    for (let n = 0; n < 10; n += 1) expect((await resume(trees, [signer.vkey])).last).toBeNull();
    going = false;
    await appending;
  });
});

/** Bytes as the store gives them. */
function plain({ tree, note }: { tree: Frontier; note: string }) {
  return { note, tree: { size: tree.size, hashes: tree.hashes.map((hash) => Uint8Array.from(hash)) } };
}
