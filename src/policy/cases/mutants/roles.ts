import type { Bundle, Role, RoleView } from '../../bundle.ts';
import type { Territory } from '../../view.ts';
import type { Looking } from '../runs.ts';
import { type Mutant, nowhere, put, toggle, toggled } from './mutant.ts';

/** Every change of one thing in a role's file. */
export function* roleMutants(bundle: Bundle, territory: Territory): Generator<Mutant> {
  for (const role of bundle.roles.values()) {
    const where = `roles/${role.name}.yaml`;
    const change = (what: string, changed: Partial<Role>, touches: (at: Looking) => boolean): Mutant => ({
      where,
      what,
      touches,
      bundle: () => ({ ...bundle, roles: put(bundle.roles, role.name, { ...role, ...changed }) }),
    });
    yield* ownMutants(bundle, role, change);
    for (const [purpose, view] of role.purposes) {
      const touches = (at: Looking) => at.role === role.name && at.purpose === purpose;
      for (const [what, changed] of viewChanges(bundle, territory, view)) {
        const purposes = put(role.purposes, purpose, { ...view, ...changed });
        yield change(`${purpose}: ${what}`, { purposes }, touches);
      }
    }
  }
}

type Change = (what: string, changed: Partial<Role>, touches: (at: Looking) => boolean) => Mutant;

function* ownMutants(bundle: Bundle, role: Role, change: Change): Generator<Mutant> {
  const roles = [...bundle.roles.values()];
  const known = {
    partnerTypes: [...bundle.partners.values()].map(({ type }) => type),
    lookups: [...bundle.identifiers.keys()],
    actions: roles.flatMap(({ actions }) => actions),
    queues: roles.flatMap(({ queues }) => queues),
  };
  for (const key of ['partnerTypes', 'lookups', 'actions', 'queues'] as const) {
    for (const name of new Set(known[key])) {
      yield change(`${key} ${toggled(role[key], name)}`, { [key]: toggle(role[key], name) }, nowhere);
    }
  }
  const ofRole = (at: Looking) => at.role === role.name;
  for (const by of [-1, 1]) {
    const peoplePerDay = role.peoplePerDay + by;
    yield change(`peoplePerDay ${peoplePerDay}`, { peoplePerDay }, ofRole);
  }
  const nothing: RoleView = { holdMilliseconds: 0, identifiers: [], sections: new Map(), receives: [] };
  for (const purpose of bundle.purposes.keys()) {
    const removed = role.purposes.has(purpose);
    const purposes = put(role.purposes, purpose, removed ? null : nothing);
    yield change(`purposes ${removed ? 'without' : 'with'} ${purpose}`, { purposes }, ofRole);
  }
}

function* viewChanges(
  bundle: Bundle,
  { sections }: Territory,
  view: RoleView,
): Generator<readonly [string, Partial<RoleView>]> {
  for (const holdMilliseconds of [view.holdMilliseconds - 1, view.holdMilliseconds + 1]) {
    if (holdMilliseconds >= 0) yield [`holdMilliseconds ${holdMilliseconds}`, { holdMilliseconds }];
  }
  for (const { name, identifiers, messages } of bundle.classes.values()) {
    if (identifiers.length > 0) {
      yield [`identifiers ${toggled(view.identifiers, name)}`, { identifiers: toggle(view.identifiers, name) }];
    }
    if (messages.length > 0) {
      yield [`receives ${toggled(view.receives, name)}`, { receives: toggle(view.receives, name) }];
    }
  }
  for (const { field, coordinates } of sections) {
    const section = view.sections.get(field) ?? { existence: 'open' as const, why: '', classes: [] };
    if (view.sections.has(field)) {
      yield [`without the section ${field}`, { sections: put(view.sections, field, null) }];
      const existence = section.existence === 'open' ? 'hidden' : 'open';
      yield [`${field} ${existence}`, { sections: put(view.sections, field, { ...section, existence }) }];
    }
    for (const { name, fields } of bundle.classes.values()) {
      if (!fields.some((each) => coordinates.includes(each))) continue;
      const classes = toggle(section.classes, name);
      yield [
        `${field} ${toggled(section.classes, name)}`,
        { sections: put(view.sections, field, { ...section, classes }) },
      ];
    }
  }
}
