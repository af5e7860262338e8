import { randomUUID } from 'node:crypto';
import { openText, sealText } from '../audit/free-text.ts';
import type { ConsoleStore, Session, SignedIn } from '../record/console.ts';
import type { Database } from './client.ts';

/** Without a page for so long, a session is over. */
const IDLE_MILLISECONDS = 30 * 60_000;
/** So long after that, what was typed into it is kept. */
const DRAFT_MILLISECONDS = 24 * 60 * 60_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param keys of the pseudonyms, oldest first: the last one seals */
export function createConsoleStore(db: Database, keys: readonly Uint8Array[]): ConsoleStore {
  const seal = (id: string, text: string) => {
    const [epoch, key] = [keys.length, keys.at(-1)];
    if (!key) throw new RangeError('there is no key to seal with');
    return { epoch, sealed: new Uint8Array(sealText(key, epoch, id, text).sealed) };
  };
  const open = (id: string, { epoch, sealed }: { epoch: number; sealed: Uint8Array }) => {
    try {
      return openText(keys, id, epoch, sealed);
    } catch {
      // The keys have changed, or the row has: what it held is gone.
      return null;
    }
  };

  return {
    async start({ id, who: { partner, practitioner, role }, token, ends }, now, earlier) {
      const long = new Date(now.getTime() - DRAFT_MILLISECONDS);
      await db.consoleSession.deleteMany({ where: { endsAt: { lt: long } } });
      await db.consoleDraft.deleteMany({ where: { keptAt: { lt: long } } });
      const sealedAs = randomUUID();
      const { epoch, sealed } = seal(sealedAs, token);
      await db.consoleSession.create({
        data: {
          ...{ id: bytes(id), partner, practitioner, role, epoch, sealedAs, token: sealed },
          ...{ startedAt: now, seenAt: now, endsAt: ends },
        },
      });
      if (earlier === null) return;
      await db.consoleKept.updateMany({
        where: { sessionId: bytes(earlier), session: { partner, practitioner, role } },
        data: { sessionId: bytes(id) },
      });
      await db.consoleSession.deleteMany({ where: { id: bytes(earlier) } });
    },

    async find(id, now): Promise<Session | null> {
      const row = await db.consoleSession.findUnique({ where: { id: bytes(id) } });
      if (!row) return null;
      const { partner, practitioner, role, logUse, reference } = row;
      const isOpen = now < row.endsAt && now.getTime() < row.seenAt.getTime() + IDLE_MILLISECONDS;
      if (!isOpen && now.getTime() > row.endsAt.getTime() + DRAFT_MILLISECONDS) return null;
      // To the minute: not every page is a write.
      if (isOpen && now.getTime() - row.seenAt.getTime() > 60_000) {
        await db.consoleSession.updateMany({ where: { id: bytes(id) }, data: { seenAt: now } });
      }
      const token = isOpen ? open(row.sealedAs, { epoch: row.epoch, sealed: row.token }) : null;
      const visit = logUse !== null && reference !== null ? { use: logUse, reference } : null;
      return { partner, practitioner, role, token, visit, isOpen: token !== null };
    },

    async visit(id, use, reference) {
      await db.consoleKept.deleteMany({ where: { sessionId: bytes(id), session: { logUse: { not: null } } } });
      await db.consoleSession.updateMany({ where: { id: bytes(id) }, data: { logUse: use, reference } });
    },

    async end(id) {
      await db.consoleSession.deleteMany({ where: { id: bytes(id) } });
    },

    async keep(session, text) {
      const id = randomUUID();
      await db.consoleKept.create({ data: { id, sessionId: bytes(session), ...seal(id, text) } });
      return id;
    },

    async recall(session, handle) {
      if (!UUID.test(handle)) return null;
      const row = await db.consoleKept.findFirst({ where: { id: handle, sessionId: bytes(session) } });
      return row && open(handle, row);
    },

    async saveDraft(who, path, text, now) {
      const key = draftKey(who, path);
      const id = randomUUID();
      const content = { id, keptAt: now, ...seal(id, text) };
      await db.consoleDraft.upsert({
        where: { partner_practitioner_role_path: key },
        create: { ...key, ...content },
        update: content,
      });
    },

    async draft(who, path, now) {
      const row = await db.consoleDraft.findUnique({
        where: { partner_practitioner_role_path: draftKey(who, path) },
      });
      if (!row || now.getTime() > row.keptAt.getTime() + DRAFT_MILLISECONDS) return null;
      const text = open(row.id, row);
      return text === null ? null : { text, keptAt: row.keptAt };
    },

    async dropDraft(who, path) {
      await db.consoleDraft.deleteMany({ where: draftKey(who, path) });
    },
  };
}

function draftKey({ partner, practitioner, role }: SignedIn, path: string) {
  return { partner, practitioner, role, path };
}

/** Prisma takes bytes that are no shared memory. */
function bytes(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data);
}
