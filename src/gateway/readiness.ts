/** Why the gateway cannot serve now. */
export type Unreadiness = 'STORE_UNAVAILABLE' | 'KEYS_UNAVAILABLE' | 'STOPPING';

/** What an operator must see to, while the gateway serves as before. */
export type Concern =
  | 'POLICY_NOT_RELOADED'
  | 'RESTRICTION_LIST_STALE'
  | 'LOG_NOT_WITNESSED'
  | 'LOG_FORKED'
  | 'CHECKS_NOT_SWEPT'
  | 'CALENDAR_ENDS'
  | 'WEBHOOKS_DEAD';

export interface Readiness {
  check(): Promise<{ readonly ready: boolean; readonly reasons: readonly (Unreadiness | Concern)[] }>;
  stopping(): void;
}

/** Ready means: the store answers and tokens can be checked. A holder that is down does not make the gateway unready. */
export function createReadiness(probes: {
  store(): Promise<unknown>;
  keys(): Promise<boolean>;
  concerns(): readonly Concern[];
}): Readiness {
  let stopping = false;
  return {
    async check() {
      const [store, keys] = await Promise.all([
        probes.store().then(
          () => true,
          () => false,
        ),
        probes.keys(),
      ]);
      const reasons: Unreadiness[] = [];
      if (stopping) reasons.push('STOPPING');
      if (!store) reasons.push('STORE_UNAVAILABLE');
      if (!keys) reasons.push('KEYS_UNAVAILABLE');
      return { ready: reasons.length === 0, reasons: [...reasons, ...probes.concerns()] };
    },
    stopping() {
      stopping = true;
    },
  };
}
