import type { Bundle } from '../../policy/bundle.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import type { GapAcknowledgement } from '../../record/gaps.ts';
import type { SectionOutcome } from '../person.ts';
import { RELEASE_DATE } from '../roots.ts';
import type { OwnerOf } from './owner.ts';
import type { GapPlan, PlannedRule } from './plan.ts';
import { type Finding, type Ground, LONGEST_DAYS } from './rule.ts';

/** `Gap` of the schema. */
export interface Gap {
  readonly rule: string;
  readonly words: string;
  readonly severity: 'RED' | 'AMBER' | 'GREEN';
  readonly owner: ReturnType<OwnerOf>['owner'];
  readonly dueOn: Day;
  readonly since: Day;
  readonly dates: readonly { readonly what: string; readonly on: Day }[];
  readonly asOf: string | null;
  readonly acknowledged: { readonly by: string; readonly at: string } | null;
}

interface NotLooked {
  readonly rule: string;
  readonly why: 'NOT_LINKED' | 'UNAVAILABLE' | 'STALE';
  readonly holder: string | null;
}

/** What became of a look at one person's release. */
export interface Looked {
  /** `Gaps` of the schema; null where no release is ahead or just over. */
  readonly gaps: {
    readonly items: readonly Gap[];
    readonly notLooked: readonly NotLooked[];
    readonly nothingMissing: boolean;
  } | null;
  readonly release: Day | null;
  /** What was fetched for it, by section. */
  readonly sections: ReadonlyMap<string, SectionOutcome>;
  /** `holder|Type.field` of everything that the answer tells of, whatever it says. */
  readonly told: readonly string[];
  /** Rule to what it, being there, tells of. */
  readonly toldBy: ReadonlyMap<string, readonly string[]>;
}

/** What is known besides what holders said. */
export interface Circumstances {
  readonly today: Day;
  daysAgo(days: number): Day;
  readonly bundle: Pick<Bundle, 'calendar' | 'partners'>;
  /** All the holders of a section's source, whether or not they may be asked. */
  holdersOf(section: string): readonly string[];
  /** Of a rule about a check: whether it is done, as far as the caller may know, and the coordinates that tell so. */
  checkOf(rule: PlannedRule, release: Day): { readonly isDone: boolean; readonly told: readonly string[] };
  /** Of the caller's partner, about this person. */
  readonly acknowledgements: readonly GapAcknowledgement[];
  readonly ownerOf: OwnerOf;
}

/** Looks at everything that one person's release may lack. */
export function look(
  { rules, isWhole }: GapPlan,
  sections: ReadonlyMap<string, SectionOutcome>,
  circumstances: Circumstances,
): Looked {
  const { daysAgo } = circumstances;
  const custody = sections.get(RELEASE_DATE.section);
  const date = (custody?.value as { readonly releaseDate?: string | null } | null)?.releaseDate ?? null;
  const toldBy = new Map<string, readonly string[]>();
  const items: (Gap & { readonly isFirst: boolean; readonly order: number })[] = [];
  const notLooked: NotLooked[] = [];

  const heardDate = custody !== undefined && custody.parts.length > 0;
  const isOver = date !== null && date < daysAgo(LONGEST_DAYS);
  const unknown = custody?.trueRows.some(({ status }) => status === 'UNAVAILABLE' || status === 'NOT_LINKED');
  if (date === null ? heardDate || !unknown || custody?.plan.view?.existence === 'hidden' : isOver) {
    const told = custody?.parts.map(({ holder }) => `${holder}|${RELEASE}`) ?? [];
    return { gaps: null, release: date, sections, told, toldBy };
  }

  for (const rule of rules) {
    const { policy, needs, isHidden } = rule;
    const heard = needs.map((need, index) => partsOf(sections.get(need.section), rule.holders[index] ?? []));
    // Hidden existence: nothing came of it, so nothing is said, and of what came only what it says.
    if (isHidden && needs.some((need, index) => need.isHidden && heard[index]?.length === 0)) continue;
    if (date !== null && date < daysAgo(rule.rule.lastsDays)) continue;
    notLooked.push(...notHeard(rule, sections, circumstances));
    if (date === null) continue;
    const check = policy.checks === null ? null : circumstances.checkOf(rule, date);
    const finding = canTell(rule, sections)
      ? rule.rule.look(groundOf(rule, date, sections, circumstances, check?.isDone ?? false))
      : 'CANNOT_TELL';
    const told = [
      ...needs.flatMap(({ coordinates }, index) =>
        (heard[index] ?? []).flatMap(({ holder }) => coordinates.map((coordinate) => `${holder}|${coordinate}`)),
      ),
      ...(check?.told ?? []),
    ];
    const gap = gapOf(rule, finding, date, heard.flat(), circumstances);
    if (gap) told.push(...gap.told);
    toldBy.set(policy.rule, told);
    if (gap) items.push({ ...gap.gap, isFirst: rule.rule.isFirst ?? false, order: rule.order });
  }
  items.sort(worstFirst);
  return {
    gaps: {
      items: items.map(({ isFirst: _, order: __, ...gap }) => gap),
      notLooked,
      nothingMissing: isWhole && items.length === 0 && notLooked.length === 0 && toldBy.size > 0,
    },
    release: date,
    sections,
    told: [...new Set([...toldBy.values()].flat())],
    toldBy,
  };
}

/** The worst first; of those that are as bad, what is due first. */
export const SEVERITIES = ['RED', 'AMBER', 'GREEN'] as const;

function worstFirst(
  a: Gap & { readonly isFirst: boolean; readonly order: number },
  b: Gap & { readonly isFirst: boolean; readonly order: number },
): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    Number(b.isFirst) - Number(a.isFirst) ||
    (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0) ||
    a.order - b.order
  );
}

const RELEASE = `${RELEASE_DATE.type}.${RELEASE_DATE.field}`;

function partsOf(outcome: SectionOutcome | undefined, holders: readonly string[]) {
  return (outcome?.parts ?? []).filter(({ holder }) => holders.includes(holder));
}

/** Every section has a holder that said something, be it that it holds nothing. */
function canTell({ needs, holders }: PlannedRule, sections: ReadonlyMap<string, SectionOutcome>): boolean {
  return needs.every(({ section }, index) =>
    (sections.get(section)?.trueRows ?? []).some(
      ({ holder, status }) => holder !== null && status !== 'UNAVAILABLE' && holders[index]?.includes(holder),
    ),
  );
}

/** Holders behind a rule that were not asked, could not be heard, or said something old. */
function notHeard(
  { policy, needs, holders }: PlannedRule,
  sections: ReadonlyMap<string, SectionOutcome>,
  { holdersOf }: Circumstances,
): NotLooked[] {
  let someNotAsked = false;
  const told = needs.flatMap(({ section, isHidden }, index): NotLooked[] => {
    const open = holders[index] ?? [];
    const rows = (sections.get(section)?.trueRows ?? []).filter(
      ({ holder }) => holder !== null && open.includes(holder),
    );
    someNotAsked ||= !isHidden && rows.length < holdersOf(section).length;
    return rows.flatMap(({ holder, status }): NotLooked[] =>
      status === 'STALE' || (status === 'UNAVAILABLE' && !isHidden) ? [{ rule: policy.rule, why: status, holder }] : [],
    );
  });
  return someNotAsked ? [...told, { rule: policy.rule, why: 'NOT_LINKED', holder: null }] : told;
}

function groundOf(
  { policy, needs, holders }: PlannedRule,
  release: Day,
  sections: ReadonlyMap<string, SectionOutcome>,
  { today, bundle }: Circumstances,
  checkIsDone: boolean,
): Ground {
  const openAt = (section: string) => holders[needs.findIndex((need) => need.section === section)] ?? [];
  return {
    release,
    today,
    read: (section) => partsOf(sections.get(section), openAt(section)) as never,
    isUnheard: (section) =>
      (sections.get(section)?.trueRows ?? []).some(
        ({ holder, status }) => status === 'UNAVAILABLE' && holder !== null && openAt(section).includes(holder),
      ),
    number: (name) => policy.numbers.get(name) ?? 0,
    isInWales: (holder) => bundle.partners.get(holder)?.nation === 'wales',
    calendar: bundle.calendar,
    checkIsDone,
  };
}

function gapOf(
  rule: PlannedRule,
  finding: Finding,
  release: Day,
  heard: SectionOutcome['parts'],
  { today, acknowledgements, ownerOf }: Circumstances,
): { readonly gap: Gap; readonly told: readonly string[] } | null {
  if (typeof finding === 'string') return null;
  const { rule: name, words, severity, sinceDays, dueDays } = rule.policy;
  const by = finding.by ?? release;
  const since = addDays(by, -sinceDays);
  if (today < since) return null;
  const { owner, told } = ownerOf(rule.policy, heard);
  const known = acknowledgements.find((each) => each.rule === name && each.release === release);
  const ages = heard.map(({ value }) => (value as { readonly asOf: string }).asOf);
  return {
    told,
    gap: {
      rule: name,
      words,
      severity,
      owner,
      dueOn: addDays(by, -dueDays),
      since,
      dates: finding.dates ?? [],
      asOf: ages.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null,
      acknowledged: known ? { by: known.by, at: known.at.toISOString() } : null,
    },
  };
}
