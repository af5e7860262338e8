import { GatewayError } from '../errors.ts';
import type { AccessRequest } from './access.ts';

/** What is said of whatever is no GraphQL request at all. */
export const NOT_GRAPHQL = 'The request is not a GraphQL request: send POST with a JSON body that has "query".';

/** A body that is not a GraphQL request; its HTTP status is more exact than its code's. */
export class BodyRefused extends GatewayError {
  readonly httpStatus: number;

  constructor(message: string, httpStatus = 400) {
    super('BAD_USER_INPUT', message);
    this.httpStatus = httpStatus;
  }
}

/** GraphQL over HTTP: an object with a `query`, and nothing of the wrong type beside it. */
export function readBody({ body, bodyProblem }: Pick<AccessRequest, 'body' | 'bodyProblem'>): object {
  if (bodyProblem) throw new BodyRefused(bodyProblem.message, bodyProblem.status);
  if (Array.isArray(body)) throw new BodyRefused('Send one operation at a time: a batch is not accepted.');
  if (typeof body !== 'object' || body === null) throw new BodyRefused(NOT_GRAPHQL);
  const { query, variables, operationName, extensions } = body as Record<string, unknown>;
  if (typeof query !== 'string' || query.trim() === '') throw new BodyRefused(NOT_GRAPHQL);
  if (!isObjectOrNothing(variables)) throw new BodyRefused('"variables" must be a JSON object.');
  if (!isObjectOrNothing(extensions)) throw new BodyRefused('"extensions" must be a JSON object.');
  if (operationName != null && typeof operationName !== 'string')
    throw new BodyRefused('"operationName" must be text.');
  return body;
}

function isObjectOrNothing(value: unknown): boolean {
  return value == null || (typeof value === 'object' && !Array.isArray(value));
}
