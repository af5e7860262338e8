import { addDays } from '../../../record/day.ts';
import type { Agreement, Bundle } from '../../bundle.ts';
import type { Territory } from '../../view.ts';
import type { Looking } from '../runs.ts';
import { type Mutant, put, toggle, toggled } from './mutant.ts';

/** Every change of one thing in an agreement. */
export function* agreementMutants(bundle: Bundle, territory: Territory): Generator<Mutant> {
  for (const agreement of bundle.agreements) {
    for (const { what, changed, touches } of changesOf(bundle, territory, agreement)) {
      yield {
        where: `agreements/${agreement.reference}.yaml`,
        what,
        touches,
        bundle: () => ({
          ...bundle,
          agreements: bundle.agreements.map((each) => (each === agreement ? { ...agreement, ...changed } : each)),
        }),
      };
    }
  }
}

interface Change {
  readonly what: string;
  readonly changed: Partial<Agreement>;
  readonly touches: (at: Looking) => boolean;
}

function* changesOf(bundle: Bundle, territory: Territory, agreement: Agreement): Generator<Change> {
  const { holders, recipients, purposes, classes, requires, emergency, from, until } = agreement;
  const forIt = (at: Looking) => purposes.includes(at.purpose);
  const toIt = (at: Looking) => forIt(at) && (recipients === 'own' ? holders : recipients).includes(at.partner);

  for (const name of classesOf(bundle, territory, agreement)) {
    yield { what: `classes ${toggled(classes, name)}`, changed: { classes: toggle(classes, name) }, touches: toIt };
  }
  for (const name of bundle.purposes.keys()) {
    const touches = (at: Looking) => at.purpose === name;
    yield { what: `purposes ${toggled(purposes, name)}`, changed: { purposes: toggle(purposes, name) }, touches };
  }
  for (const name of holdersOf(territory, agreement)) {
    yield { what: `holders ${toggled(holders, name)}`, changed: { holders: toggle(holders, name) }, touches: forIt };
  }
  const others = [...bundle.partners.keys()];
  if (recipients === 'own')
    yield { what: 'recipients everybody else', changed: { recipients: others }, touches: forIt };
  else {
    yield { what: 'recipients own', changed: { recipients: 'own' }, touches: forIt };
    for (const name of others) {
      const touches = (at: Looking) => forIt(at) && at.partner === name;
      yield {
        what: `recipients ${toggled(recipients, name)}`,
        changed: { recipients: toggle(recipients, name) },
        touches,
      };
    }
  }
  for (const name of classes) {
    const types = requires.get(name) ?? [];
    for (const type of bundle.permissions.keys()) {
      const changed = { requires: put(requires, name, toggle(types, type)) };
      yield { what: `requires for ${name} ${toggled(types, type)}`, changed, touches: toIt };
    }
    for (const role of bundle.breakGlass.roles) {
      const marked = emergency.get(role) ?? [];
      const changed = { emergency: put(emergency, role, toggle(marked, name)) };
      const touches = (at: Looking) => toIt(at) && at.role === role;
      yield { what: `emergency for ${role} ${toggled(marked, name)}`, changed, touches };
    }
  }
  for (const by of [-1, 1]) {
    yield { what: `from ${addDays(from, by)}`, changed: { from: addDays(from, by) }, touches: toIt };
    if (until !== null)
      yield { what: `until ${addDays(until, by)}`, changed: { until: addDays(until, by) }, touches: toIt };
  }
}

/** Classes that the holders could give: those of their source, and, where the agreement gives messages, all of those. */
function classesOf(bundle: Bundle, territory: Territory, { holders, classes }: Agreement): string[] {
  const sources = new Set(territory.holders.filter(({ code }) => holders.includes(code)).map(({ source }) => source));
  const sections = territory.sections.filter(({ source }) => sources.has(source));
  const gives = new Set(classes);
  const messages = [...bundle.messages.values()].some((name) => gives.has(name));
  return [...bundle.classes.values()]
    .filter(
      (each) =>
        gives.has(each.name) ||
        each.fields.some((field) => sections.some(({ coordinates }) => coordinates.includes(field))) ||
        each.identifiers.some((type) =>
          sections.some(({ keyField }) => keyField === bundle.identifiers.get(type)?.key),
        ) ||
        (messages && each.messages.length > 0),
    )
    .map(({ name }) => name);
}

/** Its holders, and all others of the same source. */
function holdersOf(territory: Territory, { holders }: Agreement): string[] {
  const sources = new Set(territory.holders.filter(({ code }) => holders.includes(code)).map(({ source }) => source));
  const same = territory.holders.filter(({ source }) => sources.has(source)).map(({ code }) => code);
  return [...new Set([...holders, ...same])];
}
