import { GatewayError } from '../errors.ts';
import type { Bundle, Desk } from '../policy/bundle.ts';
import { checkIdentifier } from '../policy/identifier.ts';
import { keyedSections } from '../policy/territory.ts';
import { compileView, type Territory, type View } from '../policy/view.ts';
import type { Day } from '../record/facts.ts';
import type { RecordModel } from '../record/model.ts';
import type { Principal } from '../record/principal.ts';
import type { SubjectReference } from '../record/subjects.ts';
import type { HolderAddress } from '../sources/registry.ts';

/** One policy bundle laid over one schema and one list of holders: what requests are decided by. */
export interface PolicyInForce {
  readonly bundle: Bundle;
  readonly territory: Territory;
  /** The schema that the bundle was compiled for. */
  readonly record: RecordModel;
  /** Source type to its holders' codes. */
  readonly holdersOf: ReadonlyMap<string, readonly string[]>;
  /** Null when the role may not declare the purpose, or is not a role of that partner's kind. */
  viewOf(asked: Pick<Principal, 'partner' | 'role'>, purpose: string, day: Day): View | null;
  /**
   * The person an identifier names, if the caller's role may look people up by it.
   * @throws GatewayError BAD_IDENTIFIER, decided before anything is looked up
   */
  identify(
    principal: Principal,
    view: View,
    identifier: { readonly type: string; readonly value: string },
  ): SubjectReference;
  /** The desk that a partner's people ring about one kind of source. */
  contact(partner: string, source: string): Desk | null;
}

const KEPT_VIEWS = 500;

export function policyInForce(bundle: Bundle, record: RecordModel, addresses: readonly HolderAddress[]): PolicyInForce {
  const territory: Territory = {
    sections: keyedSections(record),
    holders: addresses.map(({ holder, source }) => ({ code: holder, source })),
  };
  const holdersOf = new Map(
    record.sources.map(({ name }) => [
      name,
      addresses.filter(({ source }) => source === name).map(({ holder }) => holder),
    ]),
  );
  // By key field: the surest that any section asked by it demands.
  const thresholds = new Map<string, number>();
  for (const { keyField, field } of territory.sections) {
    thresholds.set(keyField, Math.max(thresholds.get(keyField) ?? 0, bundle.sections.get(field)?.matchThreshold ?? 1));
  }
  const views = new Map<string, View | null>();
  return {
    bundle,
    territory,
    record,
    holdersOf,
    viewOf({ role, partner }, purpose, day) {
      const key = JSON.stringify([role, purpose, partner, day]);
      let view = views.get(key);
      if (view === undefined) {
        view = compileView(bundle, territory, { role, purpose, partner, day });
        if (views.size >= KEPT_VIEWS) views.delete(views.keys().next().value ?? '');
        views.set(key, view);
      }
      return view;
    },
    identify({ partner }, { role }, { type, value }) {
      const policy = bundle.identifiers.get(type);
      if (!policy || !role.lookups.includes(type)) {
        throw new GatewayError(
          'BAD_IDENTIFIER',
          `Your role can look people up by: ${role.lookups.join(', ') || 'no identifier'}.`,
        );
      }
      if (!checkIdentifier(policy, value)) {
        throw new GatewayError('BAD_IDENTIFIER', `That is not a ${policy.label}. One looks like ${policy.example}.`);
      }
      const holder = policy.issuedBy === 'holder' ? partner : null;
      return { by: 'identifier', type, value, holder, confidence: thresholds.get(policy.key) ?? 1 };
    },
    contact: (partner, source) =>
      bundle.desks.byPartner.get(partner)?.get(source) ?? bundle.desks.bySource.get(source) ?? null,
  };
}
