import { randomBytes } from 'node:crypto';
import type { Bundle } from '../policy/bundle.ts';
import type { ConsoleStore } from '../record/console.ts';
import type { RecordModel } from '../record/model.ts';
import { AskError, type LogUse, type Officer, type Visit } from './page.ts';

/** The gateway's own door, in process. */
export type Door = (request: {
  readonly token: string;
  readonly purpose: string;
  readonly traceparent: string;
  /** The address at the other end of the browser's connection. */
  readonly network: string | null;
  readonly body: object;
}) => Promise<{
  readonly body: string;
  /** Records that the client had gone before the whole of it was written. Never rejects. */
  notDelivered(): Promise<void>;
}>;

export interface VisitGround {
  readonly door: Door;
  readonly store: ConsoleStore;
  /** SHA-256 of what the browser has. */
  readonly session: Uint8Array;
  readonly token: string;
  readonly officer: Officer;
  readonly use: LogUse;
  readonly reference: string;
  readonly network: string | null;
  /** Whether the browser has gone before its page was written. */
  readonly isGone: () => boolean;
  readonly now: Date;
  readonly policy: Bundle;
  readonly record: RecordModel;
}

export interface OpenVisit extends Visit {
  /** How many operations it has sent. */
  asked(): number;
  /** Records of everything it was told so far that the browser had gone before the page was written. */
  notDelivered(): Promise<void>;
}

export function createVisit(ground: VisitGround): OpenVisit {
  const { door, store, session, token, officer, use, reference, network, isGone, now, policy, record } = ground;
  let asked = 0;
  const told: (() => Promise<void>)[] = [];
  return {
    officer,
    use,
    reference,
    now,
    policy,
    record,
    async ask<Data>(document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
      asked += 1;
      const { body, notDelivered } = await door({
        token,
        purpose: use.purpose,
        traceparent: `00-${reference}-${randomBytes(8).toString('hex')}-01`,
        network,
        body: { query: document, variables },
      });
      if (isGone()) await notDelivered();
      else told.push(notDelivered);
      const answer = JSON.parse(body) as Answer<Data>;
      const [error] = answer.errors ?? [];
      if (error) throw new AskError(error.extensions?.code ?? 'FAULT', error.message);
      if (!answer.data) throw new AskError('FAULT', 'The gateway answered nothing.');
      return answer.data;
    },
    keep: (value) => store.keep(session, value),
    recall: (handle) => store.recall(session, handle),
    asked: () => asked,
    notDelivered: async () => void (await Promise.all(told.map((tell) => tell()))),
  };
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}
