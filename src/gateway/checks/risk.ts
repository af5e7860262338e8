import type { Selection } from '../../record/selection.ts';
import type { Errand } from '../errand.ts';
import type { SectionOutcome } from '../person.ts';
import type { NamedSubject } from '../subjects-of.ts';
import { addPlace } from './told.ts';

const LEVEL: Selection = new Map([['risk', new Map([['overall', null]])]]);
const PLAN: Selection = new Map([['childrens', new Map([['plan', null]])]]);
const NOT_HIGH = ['LOW', 'MEDIUM'];

/** What of somebody's record a decision on a check turns on, as the caller may see it. */
export interface Risk {
  /**
   * Whether the risk of serious harm is high or very high. What could not be had, or is too old, is high: nobody goes
   * without a countersignature because a service could not be heard.
   */
  readonly highRisk: boolean;
  /**
   * Whether a child linked to the person has a plan. True too where an authority that may have one could not be heard, and
   * where the caller decides for a purpose that may not know of plans: which purpose they declare lets nobody go without
   * a countersignature either. Asked at high risk only.
   */
  readonly childPlan: boolean;
}

export async function riskOf(errand: Errand, subject: NamedSubject): Promise<Risk> {
  const risk = await read(errand, subject, LEVEL, 'risk', 'Risk.overall');
  const level = risk?.parts.map(({ value }) => (value as { readonly overall?: unknown }).overall)[0];
  const isHeard = risk?.trueRows.some(({ status }) => status === 'AVAILABLE') ?? false;
  if (isHeard && NOT_HIGH.includes(String(level))) return { highRisk: false, childPlan: false };

  const childrens = await read(errand, subject, PLAN, 'childrens', 'Childrens.plan');
  if (childrens === null) return { highRisk: true, childPlan: true };
  const plans = childrens.parts.map(({ value }) => (value as { readonly plan?: unknown }).plan);
  const isSilent = childrens.trueRows.some(({ status }) => status === 'UNAVAILABLE');
  return { highRisk: true, childPlan: isSilent || plans.some((plan) => plan !== 'NONE' && plan != null) };
}

/** Null where the view has nobody to ask. Whether a manager must countersign tells what was read, so the log has it. */
async function read(
  errand: Errand,
  subject: NamedSubject,
  selection: Selection,
  section: string,
  coordinate: string,
): Promise<SectionOutcome | null> {
  const { root } = errand;
  // A place of its own in the log: the same person may stand in the answer.
  const node = errand.place({ ...subject }, selection);
  addPlace(root, node.subject, node);
  if ((node.plans.get(section)?.holders.length ?? 0) === 0) return null;
  const outcome = await node.section(section);
  root.told.set(
    node,
    outcome.parts.map(({ holder }) => `${holder}|${coordinate}`),
  );
  return outcome;
}
