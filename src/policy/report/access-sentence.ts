import type { Span } from '../../record/facts.ts';
import type { Bundle } from '../bundle.ts';
import { MESSAGES } from './cells.ts';
import type { Group } from './diff-cells.ts';
import type { Part } from './pairs.ts';
import type { Shift } from './shift.ts';
import { className, days, forPurposes, list, parties, permissionsNeeded, roles } from './words.ts';

/** `Work coaches at Benefits Department could not see X from HM Prison Service, and now could, for ... under ... .` */
export function accessSentence(before: Bundle, after: Bundle, group: Group, part: Part): string {
  const { shift, section } = group;
  // Whoever is gone is named as before, whoever is new as after.
  const bundle = shift.kind === 'lost' ? before : after;
  const who = `${roles(bundle, group.role)} at ${parties(bundle, part.partners)}`;
  const see = section === MESSAGES ? 'be told, in a message,' : 'see';
  const what = `${see} ${things(bundle, group)} ${from(bundle, part, section)}`;
  return `${who} ${rest(shift, what, forPurposes(bundle, group.purposes))}.`;
}

function rest(shift: Shift, what: string, purpose: string): string {
  const { kind, before, after, all } = shift;
  const under = (grant: { readonly agreement: string } | null) => `under ${grant?.agreement}`;
  const needed = (requires: readonly string[]) => (requires.length > 0 ? `with ${permissionsNeeded(requires)}` : '');
  const wait = needed(after?.requires ?? []);
  switch (kind) {
    case 'gained':
      if (all.before.length > 0) {
        return `could ${what} ${spans(all.before)}, and now could ${days(shift)} too, ${join(purpose, under(after), wait)}`;
      }
      return `could not ${what}, and now could, ${join(purpose, under(after), days(shift), wait)}`;
    case 'lost':
      if (all.after.length > 0) {
        return `could ${what} ${spans(all.before)}, and now could only ${spans(all.after)}, ${join(purpose, under(before))}`;
      }
      return `could ${what}, and now could not, ${join(purpose, `which ${before?.agreement} gave`, days(shift))}`;
    case 'eased':
    case 'tightened':
      return `could ${what} ${needed(before?.requires ?? []) || 'without a permission'}, and now could ${wait || 'without any'}, ${join(purpose, under(after), days(shift))}`;
    case 'emergency-gained':
      return `could not ${what} under break-glass, and now could, ${join(purpose, under(after), days(shift))}`;
    case 'emergency-lost':
      return `could ${what} under break-glass, and now could not, ${join(purpose, under(after), days(shift))}`;
    case 'agreement':
      return `could ${what} ${join(purpose, under(before))}, and now ${join(`${under(after)} instead`, days(shift))}`;
    default:
      return kind satisfies never;
  }
}

function join(...pieces: readonly string[]): string {
  return pieces.filter((piece) => piece !== '').join(' ');
}

function spans(all: readonly Span[]): string {
  return list(all.map(days));
}

function things({ classes: known }: Bundle, { classes }: Group): string {
  return list(
    [...classes].map(([name, items]) => {
      const entry = known.get(name);
      const said = entry ? className(entry) : name;
      return items === null ? said : `${list(items)} of ${said}`;
    }),
  );
}

/** `from HM Prison Service`; of a message, by whom. */
export function from(bundle: Bundle, { holders, how }: Part, section: string): string {
  const by = section === MESSAGES ? 'by' : 'from';
  switch (how) {
    case 'own':
      return holders.length === 1 ? `${by} their own service` : `${by} their own services`;
    case 'each-other':
      return `${by} one another`;
    case 'across':
      return `${by} ${parties(bundle, holders)}`;
    default:
      return how satisfies never;
  }
}
