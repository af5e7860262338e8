import { NO_FACTS } from '../../../record/facts.ts';
import type { Bundle } from '../../bundle.ts';
import { callerReasons } from '../../caller.ts';
import { decide } from '../../decide.ts';
import { type Gate, refuse } from '../../gates.ts';
import { decideMessage } from '../../message.ts';
import type { Territory } from '../../view.ts';
import type { Gates } from '../observe.ts';
import { DECISIONS } from './gate-decisions.ts';
import { FACTS, type FactsChange, FORGETS_ACCOUNTS } from './gate-facts.ts';
import { everywhere, type Mutant } from './mutant.ts';

/** Every gate made to pass, to refuse, or to forget one of the things that it looks at. */
export function* gateMutants(bundle: Bundle, territory: Territory): Generator<Mutant> {
  const mutant = (gate: Gate, what: string, gates: Partial<Gates>): Mutant => ({
    where: `gate ${gate}`,
    what,
    touches: everywhere,
    needs: ({ kind }) => (kind === 'message') === (gates.decideMessage !== undefined),
    bundle: () => bundle,
    gates,
  });
  for (const gate of ['partner', 'client', 'practitioner', 'role', 'purpose'] as const) {
    yield mutant(gate, 'refuses', { callerReasons: (...args) => [...callerReasons(...args), refuse(gate, 'CHANGED')] });
  }
  // The other three are turned by the view as well: a role that the partner does not have compiles to none.
  for (const gate of ['client', 'practitioner'] as const) {
    const passing: Gates['callerReasons'] = (...args) => callerReasons(...args).filter((each) => each.gate !== gate);
    yield mutant(gate, 'passes', { callerReasons: passing });
  }
  for (const [gate, changes] of Object.entries(FACTS) as [Gate, Record<string, FactsChange>][]) {
    for (const [what, change] of Object.entries(changes)) {
      yield mutant(gate, what, { decide: withFacts(territory, change) });
      if (!inMessages(bundle, gate, what)) continue;
      yield mutant(gate, `${what}, for messages`, {
        decideMessage: (policy, message, facts) => {
          const { to: partner, day } = message;
          const partnerType = policy.partners.get(partner)?.type ?? '';
          const asking = { bundle: policy, territory, partner, partnerType, day };
          return decideMessage(policy, message, change({ ...NO_FACTS, ...facts }, asking));
        },
      });
    }
  }
  for (const [gate, changes] of Object.entries(DECISIONS) as [Gate, Record<string, typeof decide>][]) {
    for (const [what, change] of Object.entries(changes)) yield mutant(gate, what, { decide: change });
  }
}

/** A message goes to a desk and to no account, and waits for a permission only where an agreement says so. */
function inMessages({ agreements, messages }: Bundle, gate: Gate, what: string): boolean {
  if (gate === 'restriction') return what !== FORGETS_ACCOUNTS;
  const classes = new Set(messages.values());
  return agreements.some(({ requires }) =>
    [...requires].some(([name, types]) => classes.has(name) && types.length > 0),
  );
}

function withFacts(territory: Territory, change: FactsChange): typeof decide {
  return (bundle, view, caller, facts) => {
    const { partner, partnerType, day } = view;
    return decide(bundle, view, caller, facts && change(facts, { bundle, territory, partner, partnerType, day }));
  };
}
