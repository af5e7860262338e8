import type { AuditStore } from '../audit/log.ts';
import type { Database } from './client.ts';

/** Appends through `audit.append`, the one thing that the gateway's role may do to the log. */
export function createAuditStore(db: Database): AuditStore {
  return {
    async append(batch) {
      const rows = batch.map(({ requestId, body, ...entry }) => ({
        ...entry,
        request_id: requestId,
        body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
      }));
      await db.$executeRaw`select audit.append(${JSON.stringify(rows)}::jsonb)`;
    },
  };
}
