import { randomUUID } from 'node:crypto';
import { openText, sealText } from '../audit/free-text.ts';
import type { FreeTexts } from '../record/governance.ts';
import type { Database } from './client.ts';

/** @param keys of the pseudonyms, oldest first: the last one seals */
export function createFreeTexts(db: Database, keys: readonly Uint8Array[]): FreeTexts {
  return {
    seal(text) {
      const [id, epoch, key] = [randomUUID(), keys.length, keys.at(-1)];
      if (!key) throw new RangeError('there is no key to seal with');
      return { id, epoch, ...sealText(key, epoch, id, text) };
    },
    async read(id) {
      const [row] = await db.$queryRaw<{ epoch: number; sealed: Uint8Array }[]>`
        select * from audit.read_text(${id}::uuid)`;
      return row ? openText(keys, id, row.epoch, row.sealed) : null;
    },
  };
}
