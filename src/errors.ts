/** Every code an answer's `errors[].extensions.code` can carry. Explained in docs/errors.md. */
export const CODES = {
  UNAUTHENTICATED: 401,
  PRACTITIONER_REQUIRED: 403,
  ROLE_REQUIRED: 403,
  PURPOSE_REQUIRED: 403,
  PURPOSE_NOT_ALLOWED: 403,
  WITHHELD_REFUSED: 403,
  BAD_IDENTIFIER: 400,
  BAD_USER_INPUT: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  TOO_COMPLEX: 400,
  RATE_LIMITED: 429,
  AUDIT_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
  FAULT: 500,
} as const;

export type Code = keyof typeof CODES;

/** A refusal or fault that a caller may be told of. The message is written for the caller; the cause is for the log. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: Code;

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return CODES[this.code];
  }
}
