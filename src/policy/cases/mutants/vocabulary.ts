import type { BreakGlassPolicy, Bundle, RestrictionPolicy } from '../../bundle.ts';
import { everywhere, type Mutant, nowhere, put, toggle, toggled } from './mutant.ts';

/** Every change of one thing in the files that roles and agreements share. */
export function* vocabularyMutants(bundle: Bundle): Generator<Mutant> {
  for (const purpose of bundle.purposes.values()) {
    for (const type of bundle.relationships.keys()) {
      const relationships = toggle(purpose.relationships, type);
      yield {
        where: 'purposes.yaml',
        what: `${purpose.code} ${toggled(purpose.relationships, type)}`,
        touches: (at) => at.purpose === purpose.code,
        bundle: () => ({
          ...bundle,
          purposes: put(bundle.purposes, purpose.code, { ...purpose, relationships }),
        }),
      };
    }
  }
  for (const relationship of bundle.relationships.values()) {
    for (const graceDays of [relationship.graceDays - 1, relationship.graceDays + 1]) {
      if (graceDays < 0) continue;
      yield {
        where: 'relationships.yaml',
        what: `${relationship.type} graceDays ${graceDays}`,
        touches: everywhere,
        bundle: () => ({
          ...bundle,
          relationships: put(bundle.relationships, relationship.type, { ...relationship, graceDays }),
        }),
      };
    }
  }
  for (const permission of bundle.permissions.values()) {
    for (const name of ['holder', 'recipient'] as const) {
      const names = toggle(permission.names, name);
      yield {
        where: 'permissions.yaml',
        what: `${permission.type} names ${toggled(permission.names, name)}`,
        touches: everywhere,
        bundle: () => ({ ...bundle, permissions: put(bundle.permissions, permission.type, { ...permission, names }) }),
      };
    }
  }
  yield* classMutants(bundle);
  yield* identifierMutants(bundle);
  yield* restrictionMutants(bundle);
  yield* breakGlassMutants(bundle);
  for (const partner of bundle.partners.values()) {
    if (partner.clients.length === 0) continue;
    yield {
      where: 'partners.yaml',
      what: `${partner.code} without clients`,
      touches: (at) => at.partner === partner.code,
      bundle: () => ({ ...bundle, partners: put(bundle.partners, partner.code, { ...partner, clients: [] }) }),
    };
  }
}

function* classMutants(bundle: Bundle): Generator<Mutant> {
  for (const dataClass of bundle.classes.values()) {
    for (const type of dataClass.identifiers.length > 0 ? bundle.identifiers.keys() : []) {
      const identifiers = toggle(dataClass.identifiers, type);
      yield {
        where: 'data-classes.yaml',
        what: `${dataClass.name} ${toggled(dataClass.identifiers, type)}`,
        touches: everywhere,
        bundle: () => ({ ...bundle, classes: put(bundle.classes, dataClass.name, { ...dataClass, identifiers }) }),
      };
    }
    if (dataClass.fields.length === 0) continue;
    const protective = !dataClass.protective;
    yield {
      where: 'data-classes.yaml',
      what: `${dataClass.name} ${protective ? '' : 'not '}protective`,
      touches: everywhere,
      needs: (run) => run.facts.objections.length > 0,
      bundle: () => ({ ...bundle, classes: put(bundle.classes, dataClass.name, { ...dataClass, protective }) }),
    };
  }
  for (const [field, section] of bundle.sections) {
    for (const by of [-1, 1]) {
      const matchThreshold = Math.round(section.matchThreshold * 100 + by) / 100;
      yield {
        where: 'data-classes.yaml',
        what: `${field} matchThreshold ${matchThreshold}`,
        touches: everywhere,
        needs: (run) => run.facts.links.some(({ confidence }) => confidence < 1),
        bundle: () => ({ ...bundle, sections: put(bundle.sections, field, { ...section, matchThreshold }) }),
      };
    }
  }
}

/** Without its key no holder is asked by a type of identifier. */
function* identifierMutants(bundle: Bundle): Generator<Mutant> {
  for (const identifier of bundle.identifiers.values()) {
    yield {
      where: 'identifiers.yaml',
      what: `${identifier.name} without a key`,
      touches: everywhere,
      bundle: () => ({ ...bundle, identifiers: put(bundle.identifiers, identifier.name, { ...identifier, key: '' }) }),
    };
  }
}

function* restrictionMutants(bundle: Bundle): Generator<Mutant> {
  const desk = { name: 'A desk', telephone: '01632 960000', hours: 'every day' };
  const unsaid: RestrictionPolicy = { freshnessHours: 24, page: desk, signpost: null, needToKnowDays: 28 };
  for (const partner of bundle.partners.keys()) {
    const policy = bundle.restrictions.get(partner) ?? unsaid;
    const signpost = policy.signpost ? null : { message: 'There is a restriction.', desk };
    yield {
      where: 'restrictions.yaml',
      what: `${partner} ${signpost ? 'with' : 'without'} a signpost`,
      touches: (at) => at.partner === partner,
      needs: (run) => run.facts.restrictions.length > 0,
      bundle: () => ({ ...bundle, restrictions: put(bundle.restrictions, partner, { ...policy, signpost }) }),
    };
  }
}

function* breakGlassMutants(bundle: Bundle): Generator<Mutant> {
  const { breakGlass } = bundle;
  const change = (what: string, changed: Partial<BreakGlassPolicy>, touches: Mutant['touches'] = nowhere): Mutant => ({
    where: 'break-glass.yaml',
    what,
    touches,
    bundle: () => ({ ...bundle, breakGlass: { ...breakGlass, ...changed } }),
  });
  for (const by of [-1, 1]) {
    yield change(`minutes ${breakGlass.minutes + by}`, { minutes: breakGlass.minutes + by });
    yield change(`reviewHours ${breakGlass.reviewHours + by}`, { reviewHours: breakGlass.reviewHours + by });
  }
  for (const key of ['roles', 'reviewers'] as const) {
    for (const name of bundle.roles.keys()) {
      // A grant counts only while its role is marked.
      const touches: Mutant['touches'] = key === 'roles' ? ({ role }) => role === name : nowhere;
      yield change(`${key} ${toggled(breakGlass[key], name)}`, { [key]: toggle(breakGlass[key], name) }, touches);
    }
  }
}
