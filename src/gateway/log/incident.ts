import { incident as compile } from '../../audit/incident.ts';
import type { Errand } from '../errand.ts';
import { amendLook, checkSize, spanOf, startLook } from './look.ts';

/**
 * One account's window of misuse: whose information, which kinds, which controllers to tell.
 * @throws GatewayError BAD_USER_INPUT, TOO_COMPLEX, STORE_UNAVAILABLE
 */
export async function incident(errand: Errand): Promise<object> {
  const input = errand.args['input'] as { practitioner: string; partner?: string | null; from: string; to: string };
  const span = spanOf(input);
  const look = await startLook(errand, span);
  const { practitioner, partner } = input;
  const reads = await look.readAll({ ...span, partner: partner ?? look.reader.partner, practitioner });
  checkSize(reads);
  const { people, controllers, refused } = compile(reads, look.releases);
  amendLook(errand, { found: people.length });
  return {
    people: people.map(({ subject, ...rest }) => ({ subject: subject.ref, epoch: subject.epoch, ...rest })),
    controllers,
    refused,
  };
}
