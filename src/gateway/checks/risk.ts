import type { Selection } from '../../record/selection.ts';
import type { Errand } from '../errand.ts';
import type { NamedSubject } from '../subjects-of.ts';
import { addPlace } from './told.ts';

const SECTION = 'risk';
const LEVEL: Selection = new Map([[SECTION, new Map([['overall', null]])]]);
const NOT_HIGH = ['LOW', 'MEDIUM'];

/**
 * Whether somebody's risk of serious harm is high or very high, asked of probation as the caller may see it. What could
 * not be had, or is too old, is high: nobody goes without a countersignature because a service could not be heard.
 */
export async function isHighRisk(errand: Errand, subject: NamedSubject): Promise<boolean> {
  const { root } = errand;
  // A place of its own in the log: the same person may stand in the answer.
  const node = errand.place({ ...subject }, LEVEL);
  addPlace(root, node.subject, node);
  if ((node.plans.get(SECTION)?.holders.length ?? 0) === 0) return true;
  const { parts, trueRows } = await node.section(SECTION);
  const [part] = parts;
  const level = (part?.value as { readonly overall?: unknown } | undefined)?.overall;
  // Whether a manager must countersign tells it.
  if (part) root.told.set(node, [`${part.holder}|Risk.overall`]);
  return !trueRows.some(({ status }) => status === 'AVAILABLE') || !NOT_HIGH.includes(String(level));
}
