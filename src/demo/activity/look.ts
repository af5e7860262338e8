import { randomUUID } from 'node:crypto';
import {
  breakGlassEntry,
  type OperationFacts,
  requestEntry,
  reviewEntry,
  type StoredEntry,
  type SubjectOutcome,
  searchEntry,
  subjectEntry,
  type WrittenText,
} from '../../audit/entry.ts';
import { exportEntry } from '../../audit/own-entry.ts';
import type { Pseudonyms } from '../../audit/pseudonym.ts';
import { type Decision, decide } from '../../policy/decide.ts';
import { pass, type Reason } from '../../policy/gates.ts';
import type { View } from '../../policy/view.ts';
import { NO_FACTS } from '../../record/facts.ts';
import { londonDay } from '../../record/london.ts';
import { CONSOLE_CLIENT } from '../provider/accounts.ts';
import { outcomeOf, plain, sorted } from './outcome.ts';
import { digest, fullNameOf, type Staff, type World } from './world.ts';

/** What somebody does at one moment. */
export interface Deed {
  readonly at: Date;
  readonly staff: Staff;
  readonly purpose: string;
  readonly what: /** By name or number alone, or in a list of several. */
    | {
        readonly kind: 'look';
        readonly whom: readonly Named[];
        readonly sections: readonly string[];
        readonly glass?: string;
      }
    | {
        readonly kind: 'break-glass';
        readonly id: string;
        readonly whom: string;
        readonly reason: string;
        readonly text: WrittenText;
      }
    | { readonly kind: 'review'; readonly breakGlass: string; readonly whom: string; readonly text: WrittenText }
    /** An asked check was considered. */
    | { readonly kind: 'check' }
    /** What the operator's command gave out of the log: nobody's practitioner did it. */
    | { readonly kind: 'export'; readonly from: Date; readonly to: Date; readonly found: number }
    | {
        readonly kind: 'search';
        readonly field: string;
        readonly from: Date;
        readonly to: Date;
        readonly found: number;
      };
  /** What it was for. `HELD` and `MISUSE` have an open reason, and the second none for looking that way; all others have none. */
  readonly why: 'HELD' | 'MISUSE' | 'SLIP' | 'NEAR' | 'EMERGENCY' | 'OWN_WORK' | 'SNOOPING' | 'FEED';
  /** Which planted snooping it is part of. */
  readonly plant?: string;
}

/** Somebody of the population, or a number that names nobody. */
export type Named = string | { readonly type: string; readonly value: string };

/** What the log has of a deed, with what is known of it beforehand. */
export interface Operation {
  readonly deed: Deed;
  readonly requestId: string;
  readonly entries: readonly StoredEntry[];
  /** What each person's entry tells, in the order of the deed. */
  readonly told: readonly Told[];
}

export interface Told extends Pick<SubjectOutcome, 'outcome' | 'classes' | 'agreements' | 'released' | 'withheld'> {
  /** Id of the entry. */
  readonly entry: string;
  readonly ref: string;
  readonly person: string | null;
}

export interface Recording {
  readonly world: World;
  readonly pseudonyms: Pseudonyms;
  readonly node: string;
  readonly policy: string;
}

/** The entries that the gateway would have left of a deed: what was shown and withheld is decided by policy. */
export function record(deed: Deed, { world, pseudonyms, node, policy }: Recording): Operation {
  const { at, staff, what } = deed;
  const requestId = what.kind === 'break-glass' ? what.id : randomUUID();
  const operation: OperationFacts = {
    requestId,
    trace: null,
    network: addressOf(staff),
    node,
    actor: {
      practitioner: staff.practitioner,
      name: fullNameOf(staff),
      subject: `${staff.role}:${staff.partner}:${staff.practitioner}`,
      issuer: 'https://identity.demonstration.invalid',
      role: staff.role,
      partner: staff.partner,
      client: world.bundle.partners.get(staff.partner)?.clients.find((client) => client !== CONSOLE_CLIENT) ?? null,
      tokenId: randomUUID(),
    },
    purpose: deed.purpose,
    policy,
    operation: { name: NAMES[what.kind], hash: digest(`${what.kind} ${deed.purpose}`) },
  };
  const done = (entries: readonly StoredEntry[], told: readonly Told[] = []): Operation => ({
    deed,
    requestId,
    entries,
    told,
  });
  const counts = { subjects: 0, shown: 0, considered: 1 };
  const answered = {
    outcome: 'answered',
    status: 200,
    reasons: callerReasons(staff, deed.purpose),
    sources: [],
    counts,
  };
  switch (what.kind) {
    case 'look':
      return looked(deed, what, operation, done, { world, pseudonyms });
    case 'break-glass': {
      const view = world.view(staff, deed.purpose);
      const whom = world.people.get(what.whom);
      const grant = { id: requestId, purpose: deed.purpose, role: staff.role, until: endOf(at, world) };
      const decision =
        view && whom && decideFor(deed, view, { ...world.factsFor(staff, whom, view.day), breakGlass: [grant] }, world);
      const granted = decision?.permitted === true && decision.breakGlass !== null;
      const code = granted ? null : 'NOTHING_TO_SHOW';
      return done([
        requestEntry(at, operation, {
          ...answered,
          deed: { field: 'breakGlass', ok: granted, code, reference: requestId, text: what.text },
        }),
        breakGlassEntry(at, operation, {
          subject: pseudonyms.ofPerson(what.whom),
          outcome: granted ? 'granted' : 'refused',
          reasons: (decision?.reasons ?? []).map(plain),
          breakGlass: requestId,
          reason: what.reason,
          text: what.text,
          until: granted ? grant.until.toISOString() : null,
        }),
      ]);
    }
    case 'review':
      return done([
        requestEntry(at, operation, {
          ...answered,
          deed: { field: 'closeReview', ok: true, code: null, reference: what.breakGlass, text: what.text },
        }),
        reviewEntry(at, operation, {
          subject: pseudonyms.ofPerson(what.whom),
          outcome: 'JUSTIFIED',
          breakGlass: what.breakGlass,
          entry: null,
          reference: null,
          text: what.text,
        }),
      ]);
    case 'check':
      return done([
        requestEntry(at, operation, {
          ...answered,
          counts: { ...counts, considered: 0 },
          deed: { field: 'considerCheck', ok: true, code: null, reference: randomUUID() },
        }),
      ]);
    case 'export': {
      const [from, to] = [what.from.toISOString(), what.to.toISOString()];
      return done([exportEntry(at, node, { format: 'ndjson', from, to, entries: what.found, outcome: 'answered' })]);
    }
    case 'search': {
      const { field, from, to, found } = what;
      return done([
        requestEntry(at, operation, { ...answered, counts: { ...counts, considered: 0 } }),
        searchEntry(at, operation, {
          subject: null,
          field,
          from: from.toISOString(),
          to: to.toISOString(),
          found,
          outcome: 'answered',
          reference: null,
        }),
      ]);
    }
  }
}

const NAMES = {
  look: 'Person',
  'break-glass': 'BreakGlass',
  review: 'CloseReview',
  search: 'LogEntries',
  check: 'ConsiderCheck',
  export: null,
} as const;

/** When break-glass of that moment ends. */
export function endOf(at: Date, { bundle }: World): Date {
  return new Date(at.getTime() + bundle.breakGlass.minutes * 60_000);
}

function looked(
  deed: Deed,
  what: Extract<Deed['what'], { kind: 'look' }>,
  operation: OperationFacts,
  done: (entries: readonly StoredEntry[], told: readonly Told[]) => Operation,
  { world, pseudonyms }: Pick<Recording, 'world' | 'pseudonyms'>,
): Operation {
  const { at, staff, purpose } = deed;
  const view = world.view(staff, purpose);
  if (view === null) throw new Error(`${staff.role} may not declare ${purpose}`);
  const outcomes = what.whom.map((named) => {
    const whom = typeof named === 'string' ? world.people.get(named) : undefined;
    const facts = whom ? world.factsFor(staff, whom, londonDay(at)) : null;
    const glass = what.glass && { id: what.glass, purpose, role: staff.role, until: endOf(at, world) };
    const decision = decideFor(deed, view, facts && { ...facts, breakGlass: glass ? [glass] : [] }, world);
    const subject =
      typeof named === 'string' ? pseudonyms.ofPerson(named) : pseudonyms.ofIdentifier(named.type, named.value);
    return {
      person: whom?.person ?? null,
      outcome: { subject, ...outcomeOf(decision, facts ?? NO_FACTS, view, what.sections, world) },
    };
  });
  const sources = outcomes.flatMap(({ outcome }) =>
    outcome.sections.flatMap(({ holder, asked }) => (asked && holder) || []),
  );
  const entries = outcomes.map(({ outcome }) => subjectEntry(at, operation, outcome));
  const shown = outcomes.filter(({ outcome }) => outcome.outcome === 'shown').length;
  const request = requestEntry(at, operation, {
    outcome: 'answered',
    status: 200,
    reasons: callerReasons(staff, purpose),
    sources: sorted(sources),
    counts: { subjects: outcomes.length, shown, considered: outcomes.length },
  });
  return done(
    [request, ...entries],
    outcomes.map(
      ({ person, outcome }, index): Told => ({
        ...outcome,
        entry: entries[index]?.id ?? '',
        ref: outcome.subject.ref,
        person,
      }),
    ),
  );
}

/** By the relationships of the deed's own day, and the agreements of the view's. */
function decideFor(
  { at, staff, what }: Deed,
  view: View,
  facts: Parameters<typeof decide>[3],
  { bundle }: World,
): Decision {
  const alone = what.kind !== 'look' || what.whom.length === 1;
  const caller = { practitioner: staff.practitioner, now: at, alone, asked: 1 };
  return decide(bundle, { ...view, day: londonDay(at) }, caller, facts);
}

function callerReasons({ partner, role }: Staff, purpose: string): Reason[] {
  return [
    pass('partner', 'KNOWN', partner),
    pass('client', 'REGISTERED'),
    pass('practitioner', 'NAMED'),
    pass('role', 'ACTIVE', role),
    pass('purpose', 'ALLOWED', purpose),
  ];
}

/** An address of a range for documentation (RFC 5737), one a partner. */
function addressOf({ partner }: Staff): string {
  return `192.0.2.${(Number.parseInt(digest(partner).slice(0, 4), 16) % 250) + 1}`;
}
