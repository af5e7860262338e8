import type { Day } from '../../record/facts.ts';
import type { Bundle } from '../bundle.ts';
import type { FieldGrant, View } from '../view.ts';

/** A policy, and the views that it compiles to. */
export interface Replayable {
  readonly bundle: Bundle;
  viewOf(asked: { readonly role: string; readonly partner: string }, purpose: string, day: Day): View | null;
}

/** What the log says of one request about one person, or of one that was refused before anybody was looked up. */
export interface Recorded {
  readonly id: string;
  readonly day: Day;
  readonly role: string;
  readonly purpose: string;
  /** Whose practitioner asked. */
  readonly partner: string;
  /** The hash of the policy that decided it. */
  readonly policy: string | null;
  /** False where it was refused before anybody was looked up. */
  readonly isAboutSomebody: boolean;
  readonly shown: boolean;
  /** Whether it was a message to another partner. */
  readonly isMessage: boolean;
  /** The type of the relationship that carried it. */
  readonly relationship: string | null;
  readonly isBreakGlass: boolean;
  /** `holder|Type.field`, or `Type.field` for what the gateway itself holds. */
  readonly released: readonly string[];
  readonly withheld: readonly {
    readonly field: string;
    readonly holder: string | null;
    readonly reason: Gated | null;
  }[];
  /** Empty where they are not the reader's to know. */
  readonly reasons: readonly (Gated & { readonly outcome: string })[];
}

interface Gated {
  readonly gate: string;
  readonly code: string;
  readonly ref: string | null;
}

export interface Difference {
  readonly effect: 'NEWLY_ALLOWED' | 'NEWLY_REFUSED';
  /** Null for everything of the person, or for the request as a whole. */
  readonly field: string | null;
  /** Null where it may be of several. */
  readonly holder: string | null;
  readonly dataClass: string | null;
}

/** What the log does not say. */
export const UNKNOWN = {
  reasons: 'Why nothing was shown is not yours to read, so it cannot be decided again.',
  relationships:
    'Nothing was shown for want of a relationship that carries the purpose. Which others there were is not in the log.',
  grace: 'The relationship now counts for fewer or more days after its end. When it ended is not in the log.',
  volume: 'The number of people a day changes. How many had been asked about that day is not in the log.',
  permission: 'It would wait for a permission of the person, of which the log does not say whether it is in force.',
  message: 'It was a message to another partner. Messages are not decided again.',
} as const;

export interface Outcome {
  readonly differences: readonly Difference[];
  readonly unknown: ReadonlySet<string>;
}

const SAME: Outcome = { differences: [], unknown: new Set() };

/** One recorded request by two policies: where they part, and what the log does not say. */
export function replayed(inForce: Replayable, proposed: Replayable, entry: Recorded): Outcome {
  if (entry.isMessage) return only(UNKNOWN.message);
  const before = inForce.viewOf(entry, entry.purpose, entry.day);
  const after = proposed.viewOf(entry, entry.purpose, entry.day);
  if (!entry.isAboutSomebody) return before === null && after !== null ? whole('NEWLY_ALLOWED') : SAME;
  if (!entry.shown) return refusedBefore(inForce.bundle, proposed.bundle, entry, after);

  const was = before !== null && carries(inForce.bundle, entry);
  const is = after !== null && carries(proposed.bundle, entry);
  if (!was || !is) return was === is ? SAME : whole(is ? 'NEWLY_ALLOWED' : 'NEWLY_REFUSED');
  if (graceOf(inForce.bundle, entry) > graceOf(proposed.bundle, entry)) return only(UNKNOWN.grace);
  if (perDay(inForce.bundle, entry) > perDay(proposed.bundle, entry)) return only(UNKNOWN.volume);
  return byField(before, after, inForce.bundle.hash, entry);
}

/** Nothing was shown. Whatever else holds, it stays so unless every gate that refused would let pass now. */
function refusedBefore(was: Bundle, is: Bundle, entry: Recorded, after: View | null): Outcome {
  if (entry.reasons.length === 0) return only(UNKNOWN.reasons);
  const refusals = entry.reasons.filter(({ outcome }) => outcome === 'refuse');
  const refusedFor = (gate: string) => refusals.find((reason) => reason.gate === gate)?.code;
  if (after === null || refusedFor('restriction') !== undefined) return SAME;
  const relationship = refusedFor('relationship');
  if (relationship !== undefined && relationship !== 'NONE_CARRIES_PURPOSE') return SAME;
  if (relationship !== undefined) return carriesMore(was, is, entry.purpose) ? only(UNKNOWN.relationships) : SAME;
  if (refusedFor('volume') !== undefined) {
    return perDay(is, entry) > perDay(was, entry) ? only(UNKNOWN.volume) : SAME;
  }
  return refusedFor('view') !== undefined && after.sections.size > 0 ? whole('NEWLY_ALLOWED') : SAME;
}

function byField(before: View, after: View, inForce: string, entry: Recorded): Outcome {
  const differences = new Map<string, Difference>();
  const unknown = new Set<string>();
  for (const asked of fieldsOf(entry)) {
    const [was, is] = [grantsOf(before, asked), grantsOf(after, asked)];
    if (JSON.stringify([...was].map(terms)) === JSON.stringify([...is].map(terms))) continue;
    // What was released had what its agreement asked for; by another policy's agreement, nobody knows what that was.
    const had = asked.isReleased && entry.policy === inForce ? ([...was.values()][0]?.requires ?? []) : [];
    const known = { had, lacked: lackedBy(asked.reason), isBreakGlass: entry.isBreakGlass };
    const [one, other] = [verdict(was, known), verdict(is, known)];
    // Something of the person stood in the way, such as an objection, and would again.
    const isClosed = !asked.isReleased && one === 'yes' && !BY_POLICY.includes(asked.reason?.gate ?? '');
    if (one === other || isClosed) continue;
    if (one === 'unknown' || other === 'unknown') {
      unknown.add(UNKNOWN.permission);
      continue;
    }
    const given = other === 'yes' ? is : was;
    const [first] = given;
    const difference: Difference = {
      effect: other === 'yes' ? 'NEWLY_ALLOWED' : 'NEWLY_REFUSED',
      field: asked.field,
      holder: asked.holder ?? (given.size === 1 ? (first?.[0] ?? null) : null),
      dataClass: first?.[1].dataClass ?? null,
    };
    differences.set(JSON.stringify(difference), difference);
  }
  return { differences: [...differences.values()], unknown };
}

/** Gates that policy alone decides. */
const BY_POLICY: readonly string[] = ['view', 'agreement'];

interface Asked {
  readonly field: string;
  readonly holder: string | null;
  readonly isReleased: boolean;
  readonly reason: Gated | null;
}

function fieldsOf({ released, withheld }: Recorded): Asked[] {
  return [
    ...released.flatMap((each): Asked[] => {
      const bar = each.indexOf('|');
      // What the gateway itself holds is given by no agreement.
      return bar < 0
        ? []
        : [{ field: each.slice(bar + 1), holder: each.slice(0, bar), isReleased: true, reason: null }];
    }),
    ...withheld.map((each): Asked => ({ ...each, isReleased: false })),
  ];
}

/** Holder to its grant. Of a field that was asked of nobody in particular, every holder's. */
function grantsOf(view: View, { field, holder }: Pick<Asked, 'field' | 'holder'>): ReadonlyMap<string, FieldGrant> {
  const found = new Map<string, FieldGrant>();
  const add = (code: string, grant: FieldGrant | undefined) => {
    if (grant && (holder === null || holder === code)) found.set(code, grant);
  };
  if (field.startsWith(IDENTIFIERS)) {
    const type = field.slice(IDENTIFIERS.length + 1);
    for (const [code, { types }] of view.identifiers) add(code, type ? types.get(type) : [...types.values()][0]);
    return found;
  }
  for (const { holders } of view.sections.values()) {
    for (const [code, { fields }] of holders) add(code, fields.get(field));
  }
  return found;
}

const IDENTIFIERS = 'Person.identifiers';

type Verdict = 'yes' | 'no' | 'unknown';

interface Known {
  /** Permissions, some one of which is in force; empty where nothing is known. */
  readonly had: readonly string[];
  /** Permissions of which none is. */
  readonly lacked: readonly string[];
  readonly isBreakGlass: boolean;
}

function verdict(grants: ReadonlyMap<string, FieldGrant>, { had, lacked, isBreakGlass }: Known): Verdict {
  const each = [...grants.values()].map(({ requires, emergency }): Verdict => {
    if (isBreakGlass && !emergency) return 'no';
    if (requires.length === 0) return 'yes';
    if (had.length > 0 && had.every((type) => requires.includes(type))) return 'yes';
    return requires.every((type) => lacked.includes(type)) ? 'no' : 'unknown';
  });
  return each.includes('yes') ? 'yes' : each.includes('unknown') ? 'unknown' : 'no';
}

function lackedBy(reason: Gated | null): readonly string[] {
  return reason?.code === 'NO_PERMISSION' && reason.ref !== null ? reason.ref.split(' or ') : [];
}

function terms([holder, { requires, emergency }]: readonly [string, FieldGrant]): unknown {
  return [holder, [...requires].sort(), emergency];
}

/** Whether what carried the request would carry it by the policy. */
function carries({ purposes, breakGlass }: Bundle, { purpose, relationship, isBreakGlass, role }: Recorded): boolean {
  if (isBreakGlass) return breakGlass.roles.includes(role);
  // An entry that names none was carried by something all the same: it is not the reader's to know what.
  return relationship === null || (purposes.get(purpose)?.relationships.includes(relationship) ?? false);
}

function carriesMore(was: Bundle, is: Bundle, purpose: string): boolean {
  const before = was.purposes.get(purpose)?.relationships ?? [];
  const after = is.purposes.get(purpose)?.relationships ?? [];
  const days = ({ relationships }: Bundle, type: string) => relationships.get(type)?.graceDays ?? 0;
  return after.some((type) => !before.includes(type) || days(is, type) > days(was, type));
}

function graceOf({ relationships }: Bundle, { relationship }: Recorded): number {
  return relationships.get(relationship ?? '')?.graceDays ?? 0;
}

function perDay({ roles: known }: Bundle, { role }: Recorded): number {
  return known.get(role)?.peoplePerDay ?? 0;
}

function whole(effect: Difference['effect']): Outcome {
  return { differences: [{ effect, field: null, holder: null, dataClass: null }], unknown: new Set() };
}

function only(text: string): Outcome {
  return { differences: [], unknown: new Set([text]) };
}
