import { addDays } from '../../record/day.ts';
import type { Bundle } from '../bundle.ts';
import type { HolderGrant, View } from '../view.ts';
import type { Trial } from './observe.ts';
import type { Looking } from './runs.ts';

/**
 * Whether two policies may decide differently about anybody: all that a decision reads of them is compared, for every
 * role, purpose and partner that the change touches, on every day on which either can change.
 */
export function differ(a: Trial, b: Trial, touches: (looking: Looking) => boolean): boolean {
  const both = [a.bundle, b.bundle];
  const days = [...new Set(both.flatMap(boundaryDays))];
  for (const role of new Set(both.flatMap(({ roles }) => [...roles.keys()]))) {
    if (ofRole(a.bundle, role) !== ofRole(b.bundle, role)) return true;
    for (const purpose of new Set(both.flatMap(({ roles }) => [...(roles.get(role)?.purposes.keys() ?? [])]))) {
      for (const partner of b.bundle.partners.keys()) {
        if (!touches({ role, purpose, partner })) continue;
        for (const day of days) {
          const asked = { role, purpose, partner, day };
          if (written(a, asked) !== written(b, asked)) return true;
        }
      }
    }
  }
  return false;
}

interface Asked extends Looking {
  readonly day: string;
}

/** The first and the last day of every agreement, and the days around them. */
function boundaryDays({ agreements }: Bundle): string[] {
  const days = agreements.flatMap(({ from, until }) => [
    from,
    addDays(from, -1),
    ...(until ? [until, addDays(until, 1)] : []),
  ]);
  return [...new Set(days)];
}

/** What does not depend on whom it asks about. */
function ofRole({ roles, breakGlass }: Bundle, name: string): string {
  const role = roles.get(name);
  if (!role) return '';
  const { partnerTypes, lookups, actions, queues, peoplePerDay, purposes } = role;
  const glass = breakGlass.roles.includes(name) ? breakGlass.minutes : 0;
  const review = breakGlass.reviewers.includes(name) ? breakGlass.reviewHours : 0;
  const lists = [partnerTypes, lookups, actions, queues, [...purposes.keys()]].map((list) => [...list].sort());
  return JSON.stringify([lists, peoplePerDay, glass, review]);
}

const kept = new WeakMap<Trial, Map<string, string>>();

/** Everything that a decision for one role, purpose, partner and day reads, as text. */
function written(trial: Trial, asked: Asked): string {
  const texts = kept.get(trial) ?? new Map<string, string>();
  kept.set(trial, texts);
  const key = `${asked.role} ${asked.purpose} ${asked.partner} ${asked.day}`;
  let text = texts.get(key);
  if (text === undefined) {
    text = `${ofView(trial.bundle, trial.viewOf(asked))} ${ofMessages(trial.bundle, asked)}`;
    texts.set(key, text);
  }
  return text;
}

const NOBODY = 'nobody';

/** A view that no relationship opens, and no break-glass, or that has no section, opens nobody's record. */
function ofView(bundle: Bundle, view: View | null): string {
  if (view === null || view.sections.size === 0) return NOBODY;
  const { role, purpose, partner } = view;
  const glass = bundle.breakGlass.roles.includes(role.name);
  if (bundle.partners.get(partner)?.clients.length === 0) return NOBODY;
  if (purpose.relationships.length === 0 && !glass) return NOBODY;
  const carries = purpose.relationships.map((type) => [type, bundle.relationships.get(type)?.graceDays ?? 0]).sort();
  const sections = [...view.sections.values()]
    .sort(byName)
    .map(({ name, existence, matchThreshold, identifierTypes, holders }) => [
      name,
      existence,
      holders.size > 0 && [matchThreshold, [...identifierTypes].sort()],
      [...holders.values()].map((grant) => [grant.holder, ofHolder(bundle, grant, glass)]).sort(),
    ]);
  const identifiers = [...view.identifiers].map(([code, { types, matchThreshold }]) => [
    code,
    matchThreshold,
    [...types].map(([type, { requires }]) => [type, [...requires].sort()]).sort(),
  ]);
  const signpost = (bundle.restrictions.get(partner)?.signpost ?? null) !== null;
  return JSON.stringify([view.holdMilliseconds, carries, sections, identifiers.sort(), signpost]);
}

function ofHolder({ classes, permissions }: Bundle, { fields }: HolderGrant, glass: boolean): unknown {
  const byClass = new Map([...fields.values()].map((grant) => [grant.dataClass, grant]));
  return [...byClass.values()]
    .map(({ dataClass, requires, emergency }) => [
      dataClass,
      requires.map((type) => [type, [...(permissions.get(type)?.names ?? [])].sort()]).sort(),
      glass && emergency,
      classes.get(dataClass)?.protective,
    ])
    .sort();
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** Classes of messages that anybody may send the role there, that day, with the permissions that they wait for. */
function ofMessages(
  { roles, partners, agreements, permissions }: Bundle,
  { role, purpose, partner, day }: Asked,
): string {
  const type = partners.get(partner)?.type ?? '';
  const receives = roles.get(role)?.partnerTypes.includes(type) ? roles.get(role)?.purposes.get(purpose)?.receives : [];
  if (!receives || receives.length === 0) return NOBODY;
  const flows = agreements
    .filter(
      ({ from, until, purposes }) => from <= day && (until === null || day <= until) && purposes.includes(purpose),
    )
    .filter(({ recipients }) => recipients !== 'own' && recipients.includes(partner))
    .flatMap(({ holders, classes, requires }) =>
      receives
        .filter((name) => classes.includes(name))
        .flatMap((name) => {
          const waits = (requires.get(name) ?? []).map((each) => [each, permissions.get(each)?.names]);
          return holders.filter((holder) => holder !== partner).map((holder) => JSON.stringify([holder, name, waits]));
        }),
    );
  // Two agreements that give the same give no more than one.
  return flows.length > 0 ? [...new Set(flows)].sort().join() : NOBODY;
}
