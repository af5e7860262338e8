import type { Problem } from '../../record/problem.ts';
import type { Bundle } from '../bundle.ts';
import { explainField } from '../explain.ts';
import { sentence } from '../sentence.ts';
import type { Territory } from '../view.ts';
import type { May } from './case.ts';
import type { Cases } from './load.ts';
import { callerGates, observe, sendable, type Trial, trialOf } from './observe.ts';
import { type MessageRun, type RecordRun, type Run, runsOf } from './runs.ts';

/** Every way in which a policy decides otherwise than its worked cases say, in an officer's words. Empty: none. */
export function runCases(bundle: Bundle, territory: Territory, files: readonly Cases[]): Problem[] {
  const trial = trialOf(bundle, territory);
  return [
    ...files.flatMap((file) => mayProblems(bundle, file)),
    ...runsOf(bundle, territory, files).flatMap((run) => runProblems(trial, run)),
  ];
}

/** What differs between a case and the decision, in one of its circumstances. */
export function runProblems(trial: Trial, run: Run): Problem[] {
  const found = run.kind === 'record' ? recordDifferences(trial, run) : messageDifferences(trial, run);
  const { file, index, circumstances } = run;
  const title = file.content.cases[index]?.case;
  return found.map((what) => file.problemAt(['cases', index, 'case'], `${title} (${circumstances}): ${what}`));
}

/** What differs between what a role may do and what its cases say. */
export function mayProblems(bundle: Bundle, file: Cases): Problem[] {
  const { role: name, may } = file.content;
  const role = bundle.roles.get(name);
  if (!role) return [file.problemAt(['role'], `there is no role ${name}`)];
  const { minutes, roles, reviewers, reviewHours } = bundle.breakGlass;
  const actual: May = {
    partnerTypes: role.partnerTypes,
    lookups: role.lookups,
    actions: role.actions,
    queues: role.queues,
    peoplePerDay: role.peoplePerDay,
    purposes: [...role.purposes.keys()],
    ...(roles.includes(name) && { breakGlassMinutes: minutes }),
    ...(reviewers.includes(name) && { reviewHours }),
  };
  return MAY.filter((key) => words(actual[key]) !== words(may[key])).map((key) =>
    file.problemAt(['may', key], `${key} of ${name} is ${words(actual[key])}, and the cases say ${words(may[key])}`),
  );
}

const MAY = [
  'partnerTypes',
  'lookups',
  'actions',
  'queues',
  'peoplePerDay',
  'purposes',
  'breakGlassMinutes',
  'reviewHours',
] as const satisfies readonly (keyof May)[];

function words(value: number | readonly string[] | undefined): string {
  if (value === undefined || typeof value === 'number') return String(value ?? 'none');
  return value.length === 0 ? 'none' : [...value].sort().join(', ');
}

function recordDifferences(trial: Trial, run: RecordRun): string[] {
  const seen = observe(trial, run);
  const view = trial.viewOf(run);
  const differences: string[] = [];
  for (const cell of seen.sees) {
    if (run.sees.has(cell)) continue;
    const [section = '', holder = '', name = ''] = cell.split(' ');
    const agreement =
      section === 'identifiers'
        ? view?.identifiers.get(holder)?.types.get(name)?.agreement
        : [...(view?.sections.get(section)?.holders.get(holder)?.fields.values() ?? [])].find(
            ({ dataClass }) => dataClass === name,
          )?.agreement;
    const listed = run.within ? 'which the case does not list' : "on a day that is outside the case's";
    differences.push(`also sees ${name} at ${holder} under ${agreement}, ${listed}`);
  }
  if (!run.within) return differences;
  if (seen.permitted !== run.permitted) {
    differences.push(
      seen.permitted ? 'the record opens, and the case says nothing is seen' : `nothing is seen. ${whyNot(trial, run)}`,
    );
  } else {
    for (const cell of run.sees) {
      if (seen.sees.has(cell)) continue;
      const [section = '', holder = '', name = ''] = cell.split(' ');
      differences.push(`does not see ${name} at ${holder}. ${whyNotCell(trial, run, section, holder, name)}`.trim());
    }
  }
  if (seen.signpost !== run.signpost) {
    differences.push(seen.signpost ? 'is told of the restriction by its owner' : 'is not told of the restriction');
  }
  if (!seen.permitted || !run.permitted) return differences;
  const compare = (actual: ReadonlySet<string>, expected: ReadonlySet<string>, is: string, isNot: string) => {
    for (const name of actual) if (!expected.has(name)) differences.push(`${name} ${is}, which the case does not list`);
    for (const name of expected) if (!actual.has(name)) differences.push(`${name} ${isNot}`);
  };
  compare(seen.withheld, run.withheld, 'is withheld', 'is not withheld');
  compare(seen.hidden, run.hidden, 'is hidden', 'is not hidden');
  if (seen.holdMilliseconds !== run.holdMilliseconds) {
    const [is, says] = [seen.holdMilliseconds, run.holdMilliseconds];
    differences.push(`the answer is held for ${is} milliseconds, and the case says ${says}`);
  }
  return differences;
}

/** Whether a run comes out as its case says: the same comparison as `runProblems`, without its words. */
export function agrees(trial: Trial, run: Run): boolean {
  if (run.kind === 'message') return messageDifferences(trial, run).length === 0;
  const seen = observe(trial, run);
  if (!run.within) return seen.sees.size === 0;
  return (
    seen.permitted === run.permitted &&
    equal(seen.sees, run.sees) &&
    seen.signpost === run.signpost &&
    (!run.permitted ||
      (equal(seen.withheld, run.withheld) &&
        equal(seen.hidden, run.hidden) &&
        seen.holdMilliseconds === run.holdMilliseconds))
  );
}

function equal(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const each of a) if (!b.has(each)) return false;
  return true;
}

function messageDifferences(trial: Trial, run: MessageRun): string[] {
  const alone = (field: string) => sendable(trial, run, [field]);
  if (!run.sent) {
    const fields = run.within ? run.fields : [...trial.bundle.messages.keys()];
    return fields.filter(alone).map((field) => `${field} may be sent, which the case denies`);
  }
  const others = [...trial.bundle.messages.keys()].filter((field) => !run.fields.includes(field));
  return [
    ...(sendable(trial, run, run.fields) ? [] : [`may not be sent: ${run.fields.filter((field) => !alone(field))}`]),
    ...others.filter(alone).map((field) => `${field} may also be sent, which the case does not list`),
  ];
}

function whyNot(trial: Trial, run: RecordRun): string {
  const view = trial.viewOf(run);
  const reasons = [
    ...callerGates(trial, run),
    ...(view ? trial.decide(trial.bundle, view, run.caller, run.facts).reasons : []),
  ];
  return reasons
    .filter(({ outcome, gate, code }) => outcome === 'refuse' && !(gate === 'break-glass' && code === 'NONE'))
    .map(sentence)
    .join(' ');
}

function whyNotCell(trial: Trial, run: RecordRun, section: string, holder: string, name: string): string {
  const { bundle, territory } = trial;
  if (section === 'identifiers') return 'No agreement in force that day gives it, or the role does not need it.';
  const coordinates = territory.sections.find(({ field }) => field === section)?.coordinates ?? [];
  const coordinate = bundle.classes.get(name)?.fields.find((field) => coordinates.includes(field)) ?? '';
  const explained = explainField(
    bundle,
    territory,
    callerGates(trial, run),
    trial.viewOf(run),
    run.caller,
    run.facts,
    coordinate,
  );
  const reasons = explained.find((each) => each.holder === holder)?.reasons ?? [];
  return reasons
    .filter(({ outcome }) => outcome === 'refuse')
    .map(sentence)
    .join(' ');
}
