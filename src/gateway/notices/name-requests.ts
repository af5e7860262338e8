import type { Errand } from '../errand.ts';

/** More of a partner's are not open at a time: each is somebody's work for a day. */
const LARGEST_LIST = 200;

/**
 * Who of the caller's partner asks for names: what waits for somebody else to agree, and what may be read now. Which
 * pseudonyms, only whoever asked or agreed is told.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export async function nameRequests({ engine, request }: Errand): Promise<object[]> {
  const { partner, practitioner } = request.principal;
  const found = await engine.nameRequests.open(partner, request.now, LARGEST_LIST);
  return found.map(({ id, askedBy, askedAt, agreedBy, until, reason, subjects }) => ({
    ...{ reference: id, askedBy, reason, agreedBy },
    askedAt: askedAt.toISOString(),
    asked: subjects.length,
    own: askedBy === practitioner,
    until: until?.toISOString() ?? null,
    subjects: [askedBy, agreedBy].includes(practitioner) ? subjects : [],
  }));
}
