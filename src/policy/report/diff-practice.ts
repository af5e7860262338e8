import type { Bundle } from '../bundle.ts';
import type { Change } from './change.ts';
import { limit, mayOrNot, union } from './compare.ts';

/** Every change of who asks, is told or is offered what in checks, events and referrals, and of how long it lasts. */
export function diffPractice(before: Bundle, after: Bundle): Change[] {
  const { checks: was, referrals: offered } = before;
  const { checks: is, referrals: offers } = after;
  const readers = ({ referrals: { roles } }: Bundle) => [...roles].map(([type, role]) => `${role} of ${type}`);
  return [
    ...mayOrNot('Practitioners in the role', 'ask for checks and decide on them:', was.askers, is.askers),
    ...mayOrNot('Practitioners in the role', 'accept and countersign checks:', was.managers, is.managers),
    ...limit('The days for which a check is kept after it closed', was.retentionDays, is.retentionDays),
    ...checkTypes(before, after),
    ...audiences(before, after),
    ...mayOrNot('Practitioners in the role', 'be asked to take somebody:', readers(before), readers(after)),
    ...limit('The days after the arrival for which a referral pack stays open', offered.openDays, offers.openDays),
  ];
}

function checkTypes({ checks: before }: Bundle, { checks: after }: Bundle): Change[] {
  return [...after.types].flatMap(([type, { label, validityDays }]) =>
    limit(
      `The days for which an answer to the ${lower(label)} counts`,
      before.types.get(type)?.validityDays,
      validityDays,
    ),
  );
}

function audiences({ events: before }: Bundle, { events: after }: Bundle): Change[] {
  const told = (events: Bundle['events'], kind: string) =>
    (events.get(kind)?.audience ?? []).map(({ role, purpose }) => `${role} for ${purpose}`);
  return union(before, after).flatMap((kind) =>
    mayOrNot('Practitioners in the role', `be told of the event ${kind}:`, told(before, kind), told(after, kind)),
  );
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
