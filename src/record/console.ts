/** Who signed in to the console, as their access token says. */
export interface SignedIn {
  readonly partner: string;
  readonly practitioner: string;
  readonly role: string;
}

/** A session of the console. */
export interface Session extends SignedIn {
  /** The access token, with which everything is asked; null where it cannot be opened any more. */
  readonly token: string | null;
  /** What its visit is for, and the trace id of what it asks; null until somebody said. */
  readonly visit: { readonly use: string; readonly reference: string } | null;
  /** Neither its token nor half an hour without a page has ended it. */
  readonly isOpen: boolean;
}

export interface NewSession {
  readonly id: Uint8Array;
  readonly who: SignedIn;
  readonly token: string;
  readonly ends: Date;
}

/** Text that was typed when a session was over. */
export interface Draft {
  readonly text: string;
  readonly keptAt: Date;
}

/**
 * What the console keeps of its own. A session is named by the SHA-256 of what the browser has; every text is encrypted.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export interface ConsoleStore {
  /** @param earlier the session before it in the same browser: what it kept is kept on, if it was the same officer's */
  start(session: NewSession, now: Date, earlier: Uint8Array | null): Promise<void>;
  /** The session, also one that is over, for as long as a draft lasts. An open one counts as seen now. */
  find(id: Uint8Array, now: Date): Promise<Session | null>;
  /** What was kept for a visit before it in this session goes. */
  visit(id: Uint8Array, use: string, reference: string): Promise<void>;
  end(id: Uint8Array): Promise<void>;
  /** Keeps a text for as long as the session lasts. @returns a random name for it */
  keep(session: Uint8Array, text: string): Promise<string>;
  /** Null for what this session did not keep. */
  recall(session: Uint8Array, handle: string): Promise<string | null>;
  saveDraft(who: SignedIn, path: string, text: string, now: Date): Promise<void>;
  draft(who: SignedIn, path: string, now: Date): Promise<Draft | null>;
  dropDraft(who: SignedIn, path: string): Promise<void>;
}
