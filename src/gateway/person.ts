import type { Decision } from '../policy/decide.ts';
import type { Reason } from '../policy/gates.ts';
import type { View } from '../policy/view.ts';
import type { SubjectFacts } from '../record/facts.ts';
import type { SubjectReference } from '../record/subjects.ts';
import type { Loaders, SectionAnswer } from '../sources/loaders.ts';
import type { Looked } from './gaps/look.ts';
import type { GapPlan } from './gaps/plan.ts';
import type { GapReading } from './gaps/reader.ts';
import { closedBy, type HolderPlan, type SectionPlan } from './plan.ts';

/** One person a request asks about: how they were named, what is known, what was decided. */
export interface Subject {
  readonly reference: SubjectReference;
  readonly facts: SubjectFacts | null;
  readonly decision: Decision;
}

/** A row of `Person.sections`. */
export interface StatusRow {
  readonly section: string;
  readonly holder: string | null;
  readonly status: 'AVAILABLE' | 'STALE' | 'NOT_HELD' | 'NOT_LINKED' | 'UNAVAILABLE' | 'WITHHELD' | 'NOT_AVAILABLE';
  readonly reason: string | null;
  readonly asOf: string | null;
  readonly match: number | null;
}

/** What became of one section. */
export interface SectionOutcome {
  readonly plan: SectionPlan;
  /** What the section's field resolves to: an object, a list of them, or null. */
  readonly value: object | readonly object[] | null;
  /** The holders whose answers are in `value`, in its order. */
  readonly parts: readonly { readonly holder: string; readonly fields: ReadonlySet<string>; readonly value: object }[];
  /** As the caller may know them. */
  readonly rows: readonly StatusRow[];
  /** As they truly were, for the audit entry. */
  readonly trueRows: readonly StatusRow[];
}

/** A `Person` in the answer. Sections are fetched when first resolved, each at most once. */
export interface PersonNode {
  readonly subject: Subject;
  readonly plans: ReadonlyMap<string, SectionPlan>;
  /** Set when `identifiers` is selected and the view can hold none. */
  readonly identifiersClosed: Reason | null;
  readonly outcomes: ReadonlyMap<string, SectionOutcome>;
  section(name: string): Promise<SectionOutcome>;
  /** What is asked to see what the release lacks. */
  gapPlan(): GapPlan;
  /** Looks at what the release lacks, once. */
  gaps(): Promise<Looked>;
  /** What was found, once it was looked at. */
  readonly looked: Looked | null;
}

/** What a public reason may be. Anything about the person has the one fixed code (DESIGN: telling and not telling). */
export type PublicReason = 'NOT_IN_VIEW' | 'NO_AGREEMENT' | 'NOT_SHARED';

export interface FetchContext {
  readonly view: View;
  readonly now: Date;
  readonly loaders: Loaders;
  /** Source type to the codes of all its holders, with or without an agreement. */
  readonly holdersOf: ReadonlyMap<string, readonly string[]>;
  /** Called for each object that came from a holder, so that a guard on one of its fields knows what may be shown. */
  permit(value: object, fields: ReadonlySet<string>): void;
}

export function createPersonNode(
  subject: Subject,
  plans: ReadonlyMap<string, SectionPlan>,
  context: FetchContext,
  identifiersClosed: Reason | null = null,
  gaps: GapReading = NO_GAPS,
): PersonNode {
  let looking: Promise<Looked> | null = null;
  let looked: Looked | null = null;
  const started = new Map<string, Promise<SectionOutcome>>();
  const outcomes = new Map<string, SectionOutcome>();
  return {
    subject,
    plans,
    identifiersClosed,
    outcomes,
    section(name) {
      let outcome = started.get(name);
      if (!outcome) {
        const plan = plans.get(name);
        if (!plan) throw new Error(`section ${name} was not planned`);
        outcome = fetchSection(plan, context).then((settled) => {
          outcomes.set(name, settled);
          return settled;
        });
        started.set(name, outcome);
      }
      return outcome;
    },
    gaps() {
      looking ??= gaps.look().then((found) => {
        looked = found;
        return found;
      });
      return looking;
    },
    gapPlan: gaps.plan,
    get looked() {
      return looked;
    },
  };
}

const NO_GAPS: GapReading = {
  plan: () => ({ rules: [], sections: new Map(), contacts: [], isWhole: false }),
  look: async () => ({ gaps: null, release: null, sections: new Map(), told: [], toldBy: new Map() }),
};

/** Asks the holders that a plan names, each for what it may show. */
export async function fetchSection(plan: SectionPlan, context: FetchContext): Promise<SectionOutcome> {
  const asked = plan.holders.filter((holder): holder is HolderPlan & { link: object } => holder.link !== null);
  const answers = await Promise.all(
    asked.map(({ holder, link, selection }) =>
      context.loaders.load(holder, { identifier: link.value, section: plan.section, type: plan.type, selection }),
    ),
  );

  const trueRows: StatusRow[] = [];
  const parts: { holder: string; fields: ReadonlySet<string>; value: object }[] = [];
  asked.forEach(({ holder, link, fields }, index) => {
    const answer = answers[index];
    if (!answer) return;
    trueRows.push({
      ...EMPTY,
      section: plan.section,
      holder,
      match: link.confidence,
      ...statusOf(answer, plan, context.now),
    });
    if (answer.state !== 'HELD') return;
    const value = plan.view?.many ? { holder, ...answer.value } : answer.value;
    context.permit(value, fields);
    parts.push({ holder, fields, value });
  });
  trueRows.push(...unasked(plan, asked.length, context));

  const values = parts.map(({ value }) => value);
  return {
    plan,
    value: plan.view?.many ? (values.length > 0 ? values : null) : (values[0] ?? null),
    parts,
    rows: publicRows(plan, trueRows),
    trueRows,
  };
}

const EMPTY = { section: '', holder: null, reason: null, asOf: null, match: null } as const;

function statusOf(answer: SectionAnswer, plan: SectionPlan, now: Date): Pick<StatusRow, 'status' | 'asOf'> {
  if (answer.state !== 'HELD') return { status: answer.state, asOf: null };
  const ageHours = (now.getTime() - Date.parse(answer.asOf)) / 3_600_000;
  return { status: ageHours > (plan.view?.staleAfterHours ?? 0) ? 'STALE' : 'AVAILABLE', asOf: answer.asOf };
}

/** Rows for holders that were not asked. Policy is told before link: what may not be shown is never `NOT_LINKED`. */
function unasked(plan: SectionPlan, asked: number, { holdersOf }: FetchContext): StatusRow[] {
  if (!plan.view) return [];
  if (plan.holders.length === 0) {
    const [first] = plan.withheld;
    const reason = publicReason(first?.reason.gate ?? closedBy(plan.view));
    return [{ ...EMPTY, section: plan.section, status: 'WITHHELD', reason }];
  }
  const others = (holdersOf.get(plan.view.source)?.length ?? 0) - asked;
  return others > 0 ? [{ ...EMPTY, section: plan.section, status: 'NOT_LINKED' }] : [];
}

/** SHARE-05: a section whose existence the view may not know has data, or the one status that says nothing. */
function publicRows(plan: SectionPlan, rows: readonly StatusRow[]): readonly StatusRow[] {
  if (plan.view?.existence !== 'hidden') return rows;
  const shown = rows.filter(({ status }) => status === 'AVAILABLE' || status === 'STALE');
  return shown.length > 0 ? shown : [{ ...EMPTY, section: plan.section, status: 'NOT_AVAILABLE' }];
}

export function publicReason(gate: string): PublicReason {
  if (gate === 'view') return 'NOT_IN_VIEW';
  return gate === 'agreement' ? 'NO_AGREEMENT' : 'NOT_SHARED';
}
