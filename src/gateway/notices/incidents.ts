import { HOURS_TO_TELL, type Notice } from '../../record/notices.ts';
import { ANY_PARTNER } from '../break-glass-review.ts';
import type { Accepted } from '../engine.ts';
import type { Errand } from '../errand.ts';
import { readSize } from './size.ts';

/**
 * Incidents of the accounts of the reader's own partner; to the lead, of everybody's. Those of the reader's own account
 * are somebody else's matter.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function incidents({ engine, request, args }: Errand): Promise<object[]> {
  const { principal, view } = request;
  const size = readSize(args['first'], { usual: 50, largest: 100 });
  const partner = view.role.name === ANY_PARTNER ? null : principal.partner;
  const found = (await engine.notices.incidents(partner, size)).filter(
    (incident) => incident.partner !== principal.partner || incident.practitioner !== principal.practitioner,
  );
  const notices = await engine.notices.ofIncidents(found.map(({ id }) => id));
  return found.map(({ id, from, to, awareAt, keptAt, ...rest }) => ({
    ...rest,
    reference: id,
    from: from.toISOString(),
    to: to.toISOString(),
    awareAt: awareAt.toISOString(),
    dueAt: new Date(awareAt.getTime() + HOURS_TO_TELL * 3_600_000).toISOString(),
    keptAt: keptAt.toISOString(),
    notices: notices.filter(({ incidentId }) => incidentId === id).map((notice) => toldOf(notice, request)),
  }));
}

/** A notice in the shape of `Notice`. Who recorded it is for their own partner. */
export function toldOf({ id, toldTo, toldAt, how, partner, recordedBy }: Notice, request: Accepted): object {
  const seesWho = partner === request.principal.partner || request.view.role.name === ANY_PARTNER;
  return {
    ...{ reference: id, to: toldTo, toldAt: toldAt.toISOString(), how, partner },
    recordedBy: seesWho ? recordedBy : null,
  };
}
