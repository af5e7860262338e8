import type { Adapter, AdapterPayload } from 'oidc-provider';

/**
 * Keeps what signing in needs between its steps, until it expires or the provider stops.
 * @returns for each kind of thing where it is kept
 */
export function memoryAdapter(): (kind: string) => Adapter {
  const all = new Map<string, Kept>();
  return (kind) => {
    const place = (id: string) => `${kind} ${id}`;
    const find = async (wanted: (kept: Kept, key: string) => boolean) => {
      const now = Date.now();
      for (const [key, { ends }] of all) if (ends <= now) all.delete(key);
      const found = [...all].find(([key, kept]) => key.startsWith(`${kind} `) && wanted(kept, key));
      return found?.[1].payload;
    };
    return {
      upsert: async (id, payload, seconds = 3600) => {
        all.set(place(id), { payload, ends: Date.now() + seconds * 1000 });
      },
      find: (id) => find((_, key) => key === place(id)),
      findByUid: (uid) => find(({ payload }) => payload.uid === uid),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const kept = all.get(place(id));
        if (kept) kept.payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => void all.delete(place(id)),
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of all) if (payload.grantId === grantId) all.delete(key);
      },
    };
  };
}

interface Kept {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  readonly ends: number;
}
