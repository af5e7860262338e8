import { GatewayError } from '../../errors.ts';
import type { Errand } from '../errand.ts';

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

/**
 * Notes what a visit to the log is for. It opens nothing: what may be read is decided of each request, under its purpose.
 * @throws GatewayError BAD_USER_INPUT naming the uses that the request's purpose has
 */
export async function beginVisit({ engine, request, root, args }: Errand): Promise<object> {
  const { use, reference } = args['input'] as { readonly use: string; readonly reference: string };
  const uses = [...engine.policy.bundle.logUses.values()].filter(
    ({ purpose }) => purpose === request.view.purpose.code,
  );
  if (!uses.some(({ code }) => code === use)) {
    throw new GatewayError('BAD_USER_INPUT', `"use" needs one of: ${uses.map(({ code }) => code).join(', ')}.`);
  }
  if (!TRACE_ID.test(reference)) {
    throw new GatewayError('BAD_USER_INPUT', '"reference" needs 32 lower-case hexadecimal digits, not all of them 0.');
  }
  root.deed = { kind: 'acknowledgement', ok: true, code: use, reference };
  return { ok: true, code: null, allowedNow: ['logEntries', 'workItems'] };
}
