import type { Desk, RestrictionPolicy } from '../policy/bundle.ts';
import type { Reason } from '../policy/gates.ts';
import type { Explanation } from './explain.ts';
import { type PersonNode, type PublicReason, publicReason } from './person.ts';
import { closedBy, type Withheld } from './plan.ts';
import type { PolicyInForce } from './policy.ts';
import type { Released } from './release.ts';
import { RELEASE_DATE } from './roots.ts';
import type { Root, Scope } from './scope.ts';

type Path = readonly (string | number)[];

/** Selected fields that are not shown, and the public ground. Never depends on the subject's restrictions or links. */
export interface WithheldGroup {
  readonly section: string;
  /** Set when another holder shows the fields. */
  readonly holder?: string;
  readonly fields: readonly string[];
  readonly reason: string;
  readonly contact: Desk | null;
  readonly paths: Path[];
}

/** SHARE-04: byte-equal for everybody, but where the owner of a restriction tells its own practitioners of it. */
export interface NothingToShow {
  readonly path: Path;
  readonly code: 'NOTHING_TO_SHOW';
  readonly message: string;
  readonly desk: Desk | null;
  readonly signpost?: NonNullable<RestrictionPolicy['signpost']>;
}

export interface AnswerExtensions {
  nothingToShow?: readonly NothingToShow[];
  withheld?: readonly WithheldGroup[];
  /** Somebody may be missing from a list because no confirmed identifier let their holder be asked. Never how many. */
  notLinked?: readonly { section: string; paths: Path[] }[];
  unavailable?: readonly { section: string | null; holder: string; paths: Path[] }[];
  /** Only with `Prefer: explain`, and then instead of data. */
  explain?: Explanation;
  /** Somebody was shown for whom the caller broke the glass. */
  breakGlass?: { readonly until: string; readonly banner: string };
}

/** What is said beside the data: what could not be shown, was withheld, or could not be reached. */
export function describeAnswer(
  scope: Scope,
  policy: PolicyInForce,
  released: ReadonlyMap<PersonNode, Released>,
): AnswerExtensions {
  const roots = [...scope.roots.values()];
  const { partner } = scope.principal;
  const nothing = nothingToShowAt(roots, policy, partner);
  const withheld = groupWithheld(
    [...released].map(([node, { paths }]) => ({ items: publiclyWithheld(node), paths })),
    roots.map(({ field, closed, ownType }) => ({
      key: field.key,
      closed,
      ...(ownType && { ownWork: { section: field.name, field: `${field.on}.${field.name}` } }),
    })),
    policy,
    partner,
  );
  const unavailable = unavailableHolders(scope, released);
  const notLinked = roots.flatMap(({ field, notAsked }) =>
    [...notAsked].map((section) => ({ section, paths: [[field.key]] })),
  );
  return {
    ...(nothing.length > 0 && { nothingToShow: nothing }),
    ...(withheld.length > 0 && { withheld }),
    ...(unavailable.length > 0 && { unavailable }),
    ...(notLinked.length > 0 && { notLinked }),
    ...bannerOf(roots, policy),
  };
}

/** That somebody in the answer, or in its explanation, is there because the glass was broken. */
export function bannerOf(
  roots: readonly Pick<Root, 'nodes'>[],
  { bundle }: PolicyInForce,
): Pick<AnswerExtensions, 'breakGlass'> {
  const glass = roots.flatMap(({ nodes }) => nodes.flatMap((node) => node?.subject.decision.breakGlass ?? []))[0];
  return glass ? { breakGlass: { until: glass.until.toISOString(), banner: bundle.breakGlass.banner } } : {};
}

/** Every place of the answer at which somebody asked for by name or number cannot be shown. */
export function nothingToShowAt(
  roots: readonly Pick<Root, 'field' | 'nodes' | 'subjects' | 'deed'>[],
  { bundle }: PolicyInForce,
  partner: string,
): NothingToShow[] {
  const constant = nothingToShow(bundle.desks.duty.get(partner) ?? null);
  return roots.flatMap(({ field, nodes, subjects, deed }) => {
    if (deed?.code === constant.code) return [{ path: [field.key], ...constant }];
    if (!ABOUT_NAMED.includes(field.name)) return [];
    return subjects.flatMap(({ decision: { signpost } }, index) => {
      if (nodes[index]) return [];
      const path = field.name === 'people' ? [field.key, index] : [field.key];
      return [{ path, ...constant, ...(signpost && { signpost }) }];
    });
  });
}

/** Root fields that answer null for whom, or for whose check, somebody may not be shown. */
const ABOUT_NAMED: readonly string[] = ['person', 'people', 'check', 'checks'];

/** The one answer for unknown, unrelated, restricted and sealed. */
export function nothingToShow(desk: Desk | null) {
  const whom = desk ? `${desk.name}, ${desk.telephone} (${desk.hours})` : 'your duty desk';
  return {
    code: 'NOTHING_TO_SHOW' as const,
    message: `Nothing can be shown for this identifier with your role and purpose. This does not mean that nothing is known. If someone may be at risk now, ring ${whom}.`,
    desk,
  };
}

/** What of the selection will not be shown, by public reason. Hidden sections leave no trace. */
export function publiclyWithheld(
  node: PersonNode,
): { section: string; holder: string | null; items: readonly PubliclyWithheld[] }[] {
  const { identifiersClosed } = node;
  const identifiers = identifiersClosed && [{ coordinate: 'Person.identifiers', reason: identifiersClosed }].map(told);
  const sections = [...node.plans.values()].flatMap((plan) => {
    const { section, view, holders, withheld } = plan;
    if (view?.existence === 'hidden') return [];
    // Where nothing but the gateway's own words was selected of a closed section, a bare null would look like a nil.
    const isBare = holders.length === 0 && withheld.length === 0;
    const whole = { coordinate: `Person.${section}`, reason: publicReason(closedBy(view)) };
    const partly = holders
      .filter((holder) => holder.link !== null && holder.withheld.length > 0)
      .map((holder) => ({ section, holder: holder.holder, items: holder.withheld.map(told) }));
    return [
      ...(isBare || withheld.length > 0
        ? [{ section, holder: null, items: isBare ? [whole] : withheld.map(told) }]
        : []),
      ...partly,
    ];
  });
  return identifiers ? [...sections, { section: 'identifiers', holder: null, items: identifiers }] : sections;
}

interface PubliclyWithheld {
  readonly coordinate: string;
  readonly reason: PublicReason;
}

function told({ coordinate, reason }: Withheld): PubliclyWithheld {
  return { coordinate, reason: publicReason(reason.gate) };
}

/**
 * @param people what is withheld of each person, and where in the answer they stand
 * @param roots root fields by their key, with the reason why one is closed to the whole view
 */
export function groupWithheld(
  people: readonly { readonly items: ReturnType<typeof publiclyWithheld>; readonly paths: readonly Path[] }[],
  roots: readonly {
    readonly key: string;
    readonly closed: Reason | null;
    /** Set for the gateway's own work: no holder has it, so no desk need be rung about it. */
    readonly ownWork?: { readonly section: string; readonly field: string };
  }[],
  policy: PolicyInForce,
  partner: string,
): WithheldGroup[] {
  const groups = new Map<string, WithheldGroup>();
  for (const { items: sections, paths } of people) {
    for (const { section, holder, items } of sections) {
      const byReason = Map.groupBy(items, ({ reason }) => reason);
      for (const [reason, members] of byReason) {
        const fields = members.map(({ coordinate }) => coordinate).sort();
        const key = JSON.stringify([section, holder, reason, fields]);
        let group = groups.get(key);
        if (!group) {
          const contact = policy.contact(partner, sourceOf(section, policy));
          group = { section, ...(holder !== null && { holder }), fields, reason, contact, paths: [] };
          groups.set(key, group);
        }
        group.paths.push(...paths);
      }
    }
  }
  for (const { key, closed, ownWork } of roots) {
    if (!closed) continue;
    const { section, field } = ownWork ?? {
      section: RELEASE_DATE.section,
      field: `${RELEASE_DATE.type}.${RELEASE_DATE.field}`,
    };
    const contact = ownWork ? null : policy.contact(partner, sourceOf(section, policy));
    groups.set(key, { section, fields: [field], reason: publicReason(closed.gate), contact, paths: [[key]] });
  }
  return [...groups.values()];
}

/** The source type that answers a section. */
export function sourceOf(section: string, { territory }: PolicyInForce): string {
  return territory.sections.find(({ field }) => field === section)?.source ?? '';
}

function unavailableHolders(scope: Scope, released: ReadonlyMap<PersonNode, Released>) {
  const found = new Map<string, { section: string | null; holder: string; paths: Path[] }>();
  const add = (section: string | null, holder: string, paths: readonly Path[]) => {
    const key = `${section} ${holder}`;
    const entry = found.get(key) ?? { section, holder, paths: [] };
    found.set(key, entry);
    entry.paths.push(...paths);
  };
  for (const root of scope.roots.values()) for (const holder of root.unavailable) add(null, holder, [[root.field.key]]);
  for (const [node, { paths }] of released) {
    const looked = [...(node.looked?.sections.values() ?? [])].filter(({ plan }) => !node.outcomes.has(plan.section));
    for (const { plan, rows } of [...node.outcomes.values(), ...looked]) {
      for (const { status, holder } of rows) if (status === 'UNAVAILABLE' && holder) add(plan.section, holder, paths);
    }
  }
  return [...found.values()];
}
