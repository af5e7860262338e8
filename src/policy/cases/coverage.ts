import type { Problem } from '../../record/problem.ts';
import type { Bundle } from '../bundle.ts';
import type { FieldGrant, Territory, View } from '../view.ts';
import type { Cases } from './load.ts';
import { observe, type Trial, trialOf } from './observe.ts';
import { agrees } from './run.ts';
import { cell, type Run, runsOf } from './runs.ts';

/**
 * What the policy can open and no passing case shows: a cell, that is one class of one holder for one role, purpose and
 * partner; a purpose of a role; a permission that no case has, or lacks; a class of messages that no case sends.
 */
export function uncovered(bundle: Bundle, territory: Territory, files: readonly Cases[]): Problem[] {
  const trial = trialOf(bundle, territory);
  const passing = runsOf(bundle, territory, files).filter((run) => run.within && agrees(trial, run));
  const shown = shownBy(trial, passing);
  const problems: Problem[] = [];
  for (const { name, purposes, partnerTypes } of bundle.roles.values()) {
    const file = files.find(({ content }) => content.role === name);
    const tell = (message: string) =>
      problems.push(
        file?.problemAt(['cases'], message, 'key') ?? { file: `cases/${name}.yaml`, line: 1, col: 1, message },
      );
    if (!file) tell(`the role ${name} has no cases`);
    for (const purpose of purposes.keys()) {
      if (!shown.views.has(`${name} ${purpose}`)) tell(`no case has the purpose ${purpose}`);
      for (const { code, type } of bundle.partners.values()) {
        if (!partnerTypes.includes(type)) continue;
        const looking = { role: name, purpose, partner: code };
        for (const [key, agreement] of grantingCells(trial, looking)) {
          if (shown.cells.has(`${name} ${purpose} ${code} ${key}`)) continue;
          const [section, holder, dataClass] = key.split(' ');
          const what = section === 'identifiers' ? `the identifier ${dataClass}` : dataClass;
          tell(`no case at ${code} for ${purpose} sees ${what} at ${holder}, which ${agreement} gives`);
        }
      }
    }
  }
  return [...problems, ...permissionProblems(trial, shown), ...messageProblems(trial, shown)];
}

interface Shown {
  /** `role purpose` of every run. */
  readonly views: ReadonlySet<string>;
  /** `role purpose partner cell` of everything seen. */
  readonly cells: ReadonlySet<string>;
  /** `agreement class` that wait for a permission, with it and without. */
  readonly withPermission: ReadonlySet<string>;
  readonly withoutPermission: ReadonlySet<string>;
  /** Message fields that were sent. */
  readonly sent: ReadonlySet<string>;
}

function shownBy(trial: Trial, passing: readonly Run[]): Shown {
  const shown = {
    views: new Set<string>(),
    cells: new Set<string>(),
    withPermission: new Set<string>(),
    withoutPermission: new Set<string>(),
    sent: new Set<string>(),
  };
  for (const run of passing) {
    if (run.kind === 'message') {
      if (run.sent) for (const field of run.fields) shown.sent.add(field);
      continue;
    }
    const { role, purpose, partner } = run;
    shown.views.add(`${role} ${purpose}`);
    for (const each of run.sees) shown.cells.add(`${role} ${purpose} ${partner} ${each}`);
    const view = trial.viewOf(run);
    if (!view || !run.permitted) continue;
    const { sees } = observe(trial, run);
    for (const { section, holder, grant } of grantsOf(view)) {
      if (grant.requires.length === 0) continue;
      const open = sees.has(cell(section, holder, grant.dataClass));
      (open ? shown.withPermission : shown.withoutPermission).add(`${grant.agreement} ${grant.dataClass}`);
    }
  }
  return shown;
}

/** Every cell that is open on some day to somebody with every permission, with the agreement that gives it. */
function grantingCells(trial: Trial, looking: { role: string; purpose: string; partner: string }): Map<string, string> {
  const cells = new Map<string, string>();
  for (const day of firstDays(trial.bundle)) {
    const view = trial.viewOf({ ...looking, day });
    if (!view) continue;
    for (const { section, holder, grant } of grantsOf(view)) {
      cells.set(cell(section, holder, grant.dataClass), grant.agreement);
    }
    for (const [holder, { types }] of view.identifiers) {
      for (const [type, { agreement }] of types) cells.set(cell('identifiers', holder, type), agreement);
    }
  }
  return cells;
}

/** What is open changes, towards more, only on a day on which some agreement begins. */
export function firstDays({ agreements }: Bundle): string[] {
  return [...new Set(agreements.map(({ from }) => from))];
}

function* grantsOf({ sections }: View): Generator<{ section: string; holder: string; grant: FieldGrant }> {
  for (const { name, holders } of sections.values()) {
    for (const { holder, fields } of holders.values()) {
      for (const grant of fields.values()) yield { section: name, holder, grant };
    }
  }
}

function permissionProblems(trial: Trial, shown: Shown): Problem[] {
  const waiting = new Map<string, string>();
  for (const { name, purposes, partnerTypes } of trial.bundle.roles.values()) {
    for (const purpose of purposes.keys()) {
      for (const { code, type } of trial.bundle.partners.values()) {
        if (!partnerTypes.includes(type)) continue;
        for (const day of firstDays(trial.bundle)) {
          const view = trial.viewOf({ role: name, purpose, partner: code, day });
          for (const { grant } of view ? grantsOf(view) : []) {
            if (grant.requires.length > 0)
              waiting.set(`${grant.agreement} ${grant.dataClass}`, grant.requires.join(' or '));
          }
        }
      }
    }
  }
  return [...waiting].flatMap(([key, requires]) => {
    const [agreement, dataClass] = key.split(' ');
    const at = { file: `agreements/${agreement}.yaml`, line: 1, col: 1 };
    return [
      ...(shown.withPermission.has(key) ? [] : [{ ...at, message: `no case has ${requires} and sees ${dataClass}` }]),
      ...(shown.withoutPermission.has(key)
        ? []
        : [{ ...at, message: `no case is without ${requires} and does not see ${dataClass}` }]),
    ];
  });
}

function messageProblems({ bundle }: Trial, shown: Shown): Problem[] {
  const at = { file: 'data-classes.yaml', line: 1, col: 1 };
  return [...bundle.messages]
    .filter(([field]) => !shown.sent.has(field))
    .map(([field, dataClass]) => ({ ...at, message: `no case sends ${field}, of the class ${dataClass}` }));
}
