import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CODES, type Code, GatewayError } from '../errors.ts';

/** What a caller may read of an error: a code of the closed list and a sentence that repeats nobody's value. */
export interface Refusal {
  readonly code: Code;
  readonly message: string;
  readonly status: number;
}

/** What a caller is told of a fault of ours. The cause is in the log under the request id. */
export const FAULT =
  'Something went wrong in the gateway, so nothing is shown. Quote the request id when you report it.';

/** Texts of GraphQL validation that hold names of the schema or of the document, and no value. */
const SAFE_VALIDATION = [
  /^Cannot query field "\w+" on type "\w+"\./,
  /^Field "\w+" (of type "[\w![\]]+" )?must (not )?have a (sub)?selection/,
  /^Field "\w+" argument "\w+" of type "[\w![\]]+" is required/,
  /^Unknown (argument|fragment|directive|type) "@?\w+"/,
  /^Fragment ("\w+" )?(is never used|cannot be spread|cannot condition on)/,
  /^Cannot spread fragment "\w+"/,
  /^Variable "\$\w+" (is not defined|is never used|cannot be non-input type|of type "[\w![\]]+" used in position)/,
  /^There can be only one (fragment|operation|variable|argument|input field) named "\$?\w+"/,
  /^This anonymous operation must be the only defined operation/,
  /^Fields "\w+" conflict because/,
  /^Directive "@\w+" may not be used/,
  /^The directive "@\w+" can only be used once/,
  /^Directive "@\w+" argument "\w+" of type "[\w![\]]+" is required/,
  /^Maximum introspection depth exceeded/,
  /^Too many validation errors/,
];

/** The public form of any error on its way out. Whatever is not known to be safe becomes a fault without a text. */
export function refusalOf(error: unknown): Refusal {
  const original = error instanceof GraphQLError && error.originalError ? error.originalError : error;
  if (original instanceof GatewayError) return refuse(original.code, original.message);
  if (!(error instanceof GraphQLError)) return refuse('FAULT', FAULT);

  switch (error.extensions['code']) {
    case 'GRAPHQL_PARSE_FAILED':
      if (error.message.includes('tokens. Parsing aborted')) return refuse('TOO_COMPLEX', 'The document is too long.');
      // How deep the parser gets depends on the machine's stack.
      if (error.message.includes('call stack')) return refuse('TOO_COMPLEX', 'The document nests too deep.');
      return refuse('GRAPHQL_PARSE_FAILED', `The document is not GraphQL${place(error)}.`);
    case 'GRAPHQL_VALIDATION_FAILED': {
      // graphql gives up comparing fields that repeat.
      if (error.message === 'Validation aborted.')
        return refuse('TOO_COMPLEX', 'The document repeats fields too often.');
      const text = error.message.split(' Did you mean')[0] ?? '';
      const safe = SAFE_VALIDATION.some((pattern) => pattern.test(text));
      return refuse(
        'GRAPHQL_VALIDATION_FAILED',
        safe ? text : `A value in the document does not fit its type${place(error)}.`,
      );
    }
    case 'OPERATION_RESOLUTION_FAILURE':
      return refuse(
        'BAD_USER_INPUT',
        'The document has no operation of that name, or has several and "operationName" names none.',
      );
    case 'BAD_USER_INPUT':
      return refuse('BAD_USER_INPUT', 'A variable has a value that does not fit its type.');
    case 'BAD_REQUEST':
    case 'PERSISTED_QUERY_NOT_SUPPORTED':
    case 'PERSISTED_QUERY_NOT_FOUND':
      return refuse(
        'BAD_USER_INPUT',
        'The request is not a GraphQL request: send POST with a JSON body that has "query".',
      );
    default:
      return refuse('FAULT', FAULT);
  }
}

/** As it stands in `errors` of a GraphQL answer. */
export function formatted({ code, message }: Refusal, requestId: string): GraphQLFormattedError {
  return { message, extensions: { code, requestId } };
}

function refuse(code: Code, message: string): Refusal {
  return { code, message, status: CODES[code] };
}

function place(error: GraphQLError): string {
  const [location] = error.locations ?? [];
  return location ? ` at line ${location.line}, column ${location.column}` : '';
}
