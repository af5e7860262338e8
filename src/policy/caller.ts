import type { Principal } from '../record/principal.ts';
import type { Bundle } from './bundle.ts';
import { pass, type Reason, refuse } from './gates.ts';

/**
 * The gates that look at the caller alone: partner, client, named practitioner, one active role, purpose. All of them, in
 * their order, whatever the others say.
 * @param purpose as declared; null when none was
 */
export function callerReasons(bundle: Bundle, principal: Principal, purpose: string | null): Reason[] {
  const partner = bundle.partners.get(principal.partner);
  const role = bundle.roles.get(principal.role);
  return [
    partner ? pass('partner', 'KNOWN', principal.partner) : refuse('partner', 'UNKNOWN_PARTNER'),
    partner?.clients.includes(principal.client) ? pass('client', 'REGISTERED') : refuse('client', 'UNKNOWN_CLIENT'),
    principal.practitioner !== '' ? pass('practitioner', 'NAMED') : refuse('practitioner', 'NOBODY_NAMED'),
    !role
      ? refuse('role', 'UNKNOWN_ROLE')
      : role.partnerTypes.includes(partner?.type ?? '')
        ? pass('role', 'ACTIVE', role.name)
        : refuse('role', 'NOT_A_ROLE_OF_PARTNER', role.name),
    purpose === null || !bundle.purposes.has(purpose)
      ? refuse('purpose', 'UNKNOWN_PURPOSE')
      : role?.purposes.has(purpose)
        ? pass('purpose', 'ALLOWED', purpose)
        : refuse('purpose', 'NOT_ALLOWED', purpose),
  ];
}
