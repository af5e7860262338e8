import type { SubjectFacts } from '../record/facts.ts';
import type { Bundle } from './bundle.ts';
import { type Caller, confirmed, decide } from './decide.ts';
import { GATES, pass, type Reason, refuse } from './gates.ts';
import { closedClasses, typesInForce } from './permission.ts';
import type { Territory, View } from './view.ts';

/** Whether one field of one holder would be shown, and what every gate says of it, in the order of the gates. */
export interface FieldExplanation {
  readonly holder: string;
  readonly effect: 'SHOW' | 'WITHHOLD';
  readonly reasons: readonly Reason[];
}

/**
 * Every gate for one field at each holder that serves its section. The effect is read off the gates about the caller and
 * the decision itself; the reasons say why, and a test holds the two together.
 * @param callerGates the gates about the caller alone (`callerReasons`)
 * @param view null when the caller has none: then nothing is shown
 * @param coordinate of a field of a section, such as `Policing.domesticAbuse`
 */
export function explainField(
  bundle: Bundle,
  territory: Territory,
  callerGates: readonly Reason[],
  view: View | null,
  caller: Caller,
  facts: SubjectFacts,
  coordinate: string,
): FieldExplanation[] {
  const section = territory.sections.find(({ coordinates }) => coordinates.includes(coordinate));
  if (!section) return [];
  const decision = view && decide(bundle, view, caller, facts);
  const viewSection = view?.sections.get(section.field);
  const admitted = callerGates.every(({ outcome }) => outcome === 'pass');
  return territory.holders
    .filter(({ source }) => source === section.source)
    .map(({ code }) => {
      const grant = viewSection?.holders.get(code)?.fields.get(coordinate);
      const shown = decision?.sections.get(section.field)?.holders.find(({ holder }) => holder === code);
      const link = viewSection ? confirmed(facts, { holder: code }, viewSection) : null;
      const reasons: Reason[] = [
        ...callerGates,
        viewSection?.needed.has(coordinate) ? pass('view', 'IN_VIEW') : refuse('view', 'NOT_IN_VIEW'),
        grant ? pass('agreement', 'GIVEN', grant.agreement) : refuse('agreement', 'NO_AGREEMENT'),
        ...(decision?.reasons ?? []).filter(({ gate }) => gate !== 'view'),
        ...(view && grant ? permissionReasons(bundle, view, code, grant, facts) : [pass('permission', 'NONE_ASKED')]),
        ...(decision?.breakGlass && grant && !grant.emergency ? [refuse('break-glass', 'NOT_EMERGENCY')] : []),
        // How sure a link must be is the section's to say.
        ...(viewSection ? [link ? pass('link', 'CONFIRMED', link.type) : refuse('link', 'NOT_LINKED')] : []),
      ];
      // Without a view there is nothing to judge the rest by.
      const silent = GATES.filter((name) => !reasons.some(({ gate }) => gate === name));
      const all = [...reasons, ...silent.map((gate) => refuse(gate, 'NO_VIEW'))];
      return {
        holder: code,
        effect: admitted && link && shown?.fields.has(coordinate) ? ('SHOW' as const) : ('WITHHOLD' as const),
        reasons: all.sort((a, b) => GATES.indexOf(a.gate) - GATES.indexOf(b.gate)),
      };
    });
}

function permissionReasons(
  bundle: Bundle,
  view: View,
  holder: string,
  { requires, dataClass }: { requires: readonly string[]; dataClass: string },
  { permissions, objections }: SubjectFacts,
): Reason[] {
  const inForce = typesInForce(bundle, view, { holder }, permissions);
  const found = requires.find((type) => inForce.has(type));
  const reasons =
    requires.length === 0
      ? [pass('permission', 'NONE_NEEDED')]
      : [found ? pass('permission', 'IN_FORCE', found) : refuse('permission', 'NO_PERMISSION', requires.join(' or '))];
  const objected = closedClasses(bundle, view, { holder }, objections).has(dataClass);
  return objected ? [...reasons, refuse('permission', 'OBJECTION_UPHELD')] : reasons;
}
