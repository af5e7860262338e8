import type { Bundle } from '../bundle.ts';
import { callerReasons } from '../caller.ts';
import { decide } from '../decide.ts';
import { decideMessage } from '../message.ts';
import { compileView, type Territory, type View } from '../view.ts';
import { cell, type MessageRun, type RecordRun } from './runs.ts';

/** A policy on trial, and the code that decides by it. */
export interface Trial {
  readonly bundle: Bundle;
  readonly territory: Territory;
  readonly callerReasons: typeof callerReasons;
  readonly decide: typeof decide;
  readonly decideMessage: typeof decideMessage;
  viewOf(asked: { role: string; purpose: string; partner: string; day: string }): View | null;
}

export interface Observed {
  readonly permitted: boolean;
  readonly sees: ReadonlySet<string>;
  readonly withheld: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  readonly holdMilliseconds: number;
  readonly signpost: boolean;
}

/** Views are compiled when first asked for, and kept. */
export function trialOf(bundle: Bundle, territory: Territory, gates: Partial<Gates> = {}): Trial {
  const views = new Map<string, View | null>();
  return {
    bundle,
    territory,
    callerReasons,
    decide,
    decideMessage,
    ...gates,
    viewOf(asked) {
      const key = `${asked.role} ${asked.purpose} ${asked.partner} ${asked.day}`;
      let view = views.get(key);
      if (view === undefined) {
        view = compileView(bundle, territory, asked);
        views.set(key, view);
      }
      return view;
    },
  };
}

/** The functions that evaluate gates. */
export type Gates = Pick<Trial, 'callerReasons' | 'decide' | 'decideMessage'>;

const NOTHING = {
  permitted: false,
  sees: new Set<string>(),
  withheld: new Set<string>(),
  hidden: new Set<string>(),
  holdMilliseconds: 0,
  signpost: false,
};

/** Everything that the policy lets the caller of a run see. */
export function observe(trial: Trial, run: RecordRun): Observed {
  const { bundle } = trial;
  if (callerGates(trial, run).some(({ outcome }) => outcome === 'refuse')) return NOTHING;
  const view = trial.viewOf(run);
  if (view === null) return NOTHING;
  const decision = trial.decide(bundle, view, run.caller, run.facts);
  if (!decision.permitted) return { ...NOTHING, signpost: decision.signpost !== null };
  const sees = new Set<string>();
  const withheld = new Set<string>();
  const hidden = new Set<string>();
  for (const { name, existence } of view.sections.values()) {
    const before = sees.size;
    for (const { holder, fields, link } of decision.sections.get(name)?.holders ?? []) {
      if (link) for (const each of cellsOf(bundle, name, holder, fields)) sees.add(each);
    }
    if (existence === 'hidden') hidden.add(name);
    else if (sees.size === before) withheld.add(name);
  }
  for (const { holder, type } of decision.identifiers) sees.add(cell('identifiers', holder, type));
  return {
    permitted: true,
    sees,
    withheld,
    hidden,
    holdMilliseconds: view.holdMilliseconds,
    signpost: decision.signpost !== null,
  };
}

const cells = new WeakMap<ReadonlySet<string>, readonly string[]>();

/** A decision's fields by class. People of whom the same holds share one set of fields, which belongs to one holder. */
function cellsOf({ classOf }: Bundle, section: string, holder: string, fields: ReadonlySet<string>): readonly string[] {
  let known = cells.get(fields);
  if (!known) {
    const classes = new Set([...fields].map((field) => classOf.get(field) ?? field));
    known = [...classes].map((name) => cell(section, holder, name));
    cells.set(fields, known);
  }
  return known;
}

/** The gates about the caller alone, for the caller of a run. */
export function callerGates({ bundle, callerReasons: reasons }: Trial, run: RecordRun) {
  const client = run.client ?? bundle.partners.get(run.partner)?.clients[0] ?? '';
  const principal = {
    partner: run.partner,
    practitioner: run.caller.practitioner,
    name: '',
    role: run.role,
    client,
    issuer: '',
    subject: '',
    tokenId: '',
  };
  return reasons(bundle, principal, run.purpose);
}

/** Message fields of which a run's message may not be otherwise than it says. */
export function sendable(
  { bundle, decideMessage: decideIt }: Trial,
  run: MessageRun,
  fields: readonly string[],
): boolean {
  const { from, partner: to, role, purpose, day, desk } = run;
  return decideIt(bundle, { from, to, role, desk, purpose, day, fields }, run.facts).permitted;
}
