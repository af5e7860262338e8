import type { Bundle } from '../../../policy/bundle.ts';
import type { Lapse, LapsingAgreement, Loss } from '../../../policy/report/lapse.ts';
import { addDays } from '../../../record/day.ts';
import type { Day } from '../../../record/facts.ts';

/** A row of `logFigures`. */
export interface Figure {
  readonly measure: string;
  readonly partner: string;
  readonly key: string;
  readonly dataClass: string | null;
  readonly count: number;
}

/** A day on which something ends or is to be looked at again, in the words of the page. */
export interface LapseView {
  readonly day: Day;
  readonly morning: Day;
  readonly ends: readonly Used[];
  readonly reviews: readonly Used[];
  readonly losses: readonly { readonly role: string; readonly sentences: readonly string[] }[];
}

type Used = Omit<LapsingAgreement, 'classes'> & {
  /** How many accesses it opened something in. */
  readonly accesses: number;
  /** Most used class first; empty where nothing passed, or where that is not the reader's to know. */
  readonly uses: readonly { readonly dataClass: string; readonly count: number }[];
};

/** What passed under each agreement is added to what ends and what is due. */
export function lapseViews(found: readonly Lapse[], figures: readonly Figure[], bundle: Bundle): LapseView[] {
  const used = ({ classes: _, ...agreement }: LapsingAgreement): Used => ({
    ...agreement,
    ...usesOf(agreement.reference, figures, bundle),
  });
  return found.map(({ day, ends, reviews, lost }) => ({
    day,
    morning: addDays(day, 1),
    ends: ends.map(used),
    reviews: reviews.map(used),
    losses: byRole(lost, bundle),
  }));
}

function usesOf(reference: string, figures: readonly Figure[], { classes }: Bundle): Pick<Used, 'accesses' | 'uses'> {
  let accesses = 0;
  const counts = new Map<string, number>();
  for (const { measure, key, dataClass, count } of figures) {
    if (measure !== 'AGREEMENT_USES' || key !== reference) continue;
    if (dataClass === null) {
      accesses += count;
      continue;
    }
    const name = classes.get(dataClass)?.description ?? dataClass;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  const uses = [...counts]
    .map(([dataClass, count]) => ({ dataClass, count }))
    .sort((one, other) => other.count - one.count || (one.dataClass < other.dataClass ? -1 : 1));
  return { accesses, uses };
}

function byRole(lost: readonly Loss[], { roles }: Bundle): LapseView['losses'] {
  return [...Map.groupBy(lost, ({ role }) => role)]
    .map(([role, same]) => ({
      role: roles.get(role)?.title ?? role,
      sentences: same.map(({ sentence }) => sentence),
    }))
    .sort((one, other) => (one.role < other.role ? -1 : 1));
}
