import type { Bundle } from '../policy/bundle.ts';
import type { RecordModel } from '../record/model.ts';

/** Who has signed in: an information governance officer of a partner, or the lead of all of them. */
export interface Officer {
  readonly partner: string;
  readonly practitioner: string;
  readonly role: string;
  /** Reads what every partner may. */
  readonly isLead: boolean;
}

/** What an officer said that a visit is for: a use of `policies/log-uses.yaml`, and the purpose it is decided under. */
export interface LogUse {
  readonly code: string;
  readonly label: string;
  readonly purpose: string;
}

/**
 * One request of somebody who is signed in and has said what their visit is for. Everything about people and the log is
 * asked through the gateway's own door with their token: policy decides it and the log records it, as for any caller. The
 * console itself may see nothing.
 */
export interface Visit {
  readonly officer: Officer;
  readonly use: LogUse;
  /** The trace id of every entry that the visit leaves: 32 hexadecimal digits. */
  readonly reference: string;
  readonly now: Date;
  /** The policy in force: words, agreements and views. Nothing of it is about anybody. */
  readonly policy: Bundle;
  /** The schema that the policy was compiled for: which section a field is of. */
  readonly record: RecordModel;
  /**
   * Sends an operation to the gateway and returns its `data`.
   * @throws AskError for anything but an answer
   */
  ask<Data>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>;
  /** Keeps what must not stand in a URL, such as an identifier, until the visit is over. @returns a handle for a URL */
  keep(value: string): Promise<string>;
  /** What this visit kept under the handle; null for anything else. */
  recall(handle: string): Promise<string | null>;
}

/** What the gateway said instead of an answer: a code of `docs/errors.md` and words for whoever asked. */
export class AskError extends Error {
  override readonly name = 'AskError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface PageRequest {
  /** Named parts of the path. */
  readonly parts: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /**
   * What was typed. Its CSRF token has been checked, and is not in it. For `get` it is empty, or what the officer had
   * typed there when their session was over: every page with a form fills its fields from it.
   */
  readonly form: URLSearchParams;
}

/** A path below `/console`, and what is done there. */
export interface Page {
  /** Such as `/person` or `/entry/:id`. */
  readonly path: string;
  readonly get?: (visit: Visit, request: PageRequest) => Promise<PageAnswer>;
  readonly post?: (visit: Visit, request: PageRequest) => Promise<PageAnswer>;
  /** Of a page that has only `post`: the path, with its parts named, of the page that has its form. */
  readonly formAt?: string;
}

export type PageAnswer =
  | {
      readonly kind: 'page';
      /** A file below `src/console`, such as `pages/person/person.njk`. */
      readonly template: string;
      readonly status?: number;
      /** `title` always; `problems`, `{text, href: '#field'}` each, makes the error summary. */
      readonly data: Readonly<Record<string, unknown>> & { readonly title: string };
    }
  /** See Other (RFC 9110, 15.4.4), to a path below `/console`. */
  | { readonly kind: 'redirect'; readonly to: string }
  | {
      readonly kind: 'file';
      /** What it is saved as. */
      readonly name: string;
      readonly type: string;
      readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
    };
