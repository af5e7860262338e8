import type { Desk } from '../policy/bundle.ts';
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

export interface AnswerExtensions {
  nothingToShow?: readonly { path: Path; code: 'NOTHING_TO_SHOW'; message: string; desk: Desk | null }[];
  withheld?: readonly WithheldGroup[];
  /** Somebody may be missing from a list because no confirmed identifier let their holder be asked. Never how many. */
  notLinked?: readonly { section: string; paths: Path[] }[];
  unavailable?: readonly { section: string | null; holder: string; paths: Path[] }[];
}

/** What is said beside the data: what could not be shown, was withheld, or could not be reached. */
export function describeAnswer(
  scope: Scope,
  policy: PolicyInForce,
  released: ReadonlyMap<PersonNode, Released>,
): AnswerExtensions {
  const nothing = [...scope.roots.values()].flatMap(nothingAt);
  const withheld = withheldGroups(scope, policy, released);
  const unavailable = unavailableHolders(scope, released);
  const notLinked = [...scope.roots.values()].flatMap(({ field, someNotAsked }) =>
    someNotAsked ? [{ section: RELEASE_DATE.section, paths: [[field.key]] }] : [],
  );
  const desk = policy.bundle.desks.duty.get(scope.principal.partner) ?? null;
  return {
    ...(nothing.length > 0 && { nothingToShow: nothing.map((path) => ({ path, ...nothingToShow(desk) })) }),
    ...(withheld.length > 0 && { withheld }),
    ...(unavailable.length > 0 && { unavailable }),
    ...(notLinked.length > 0 && { notLinked }),
  };
}

/** SHARE-04: the one answer for unknown, unrelated, restricted and sealed. */
export function nothingToShow(desk: Desk | null) {
  const whom = desk ? `${desk.name}, ${desk.telephone} (${desk.hours})` : 'your duty desk';
  return {
    code: 'NOTHING_TO_SHOW' as const,
    message: `Nothing can be shown for this identifier with your role and purpose. This does not mean that nothing is known. If someone may be at risk now, ring ${whom}.`,
    desk,
  };
}

function nothingAt(root: Root): Path[] {
  switch (root.field.name) {
    case 'person':
      return root.nodes[0] ? [] : [[root.field.key]];
    case 'people':
      return root.nodes.flatMap((node, index) => (node ? [] : [[root.field.key, index]]));
    default:
      return [];
  }
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

function withheldGroups(
  scope: Scope,
  policy: PolicyInForce,
  released: ReadonlyMap<PersonNode, Released>,
): WithheldGroup[] {
  const groups = new Map<string, WithheldGroup>();
  for (const [node, { paths }] of released) {
    for (const { section, holder, items } of publiclyWithheld(node)) {
      const byReason = Map.groupBy(items, ({ reason }) => reason);
      for (const [reason, members] of byReason) {
        const fields = members.map(({ coordinate }) => coordinate).sort();
        const key = JSON.stringify([section, holder, reason, fields]);
        let group = groups.get(key);
        if (!group) {
          const contact = policy.contact(scope.principal.partner, sourceOf(section, policy));
          group = { section, ...(holder !== null && { holder }), fields, reason, contact, paths: [] };
          groups.set(key, group);
        }
        group.paths.push(...paths);
      }
    }
  }
  for (const { field, closed } of scope.roots.values()) {
    if (!closed) continue;
    const { section, type, field: leaf } = RELEASE_DATE;
    const contact = policy.contact(scope.principal.partner, sourceOf(section, policy));
    const reason = publicReason(closed.gate);
    groups.set(field.key, { section, fields: [`${type}.${leaf}`], reason, contact, paths: [[field.key]] });
  }
  return [...groups.values()];
}

function sourceOf(section: string, { territory }: PolicyInForce): string {
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
    for (const { plan, rows } of node.outcomes.values()) {
      for (const { status, holder } of rows) if (status === 'UNAVAILABLE' && holder) add(plan.section, holder, paths);
    }
  }
  return [...found.values()];
}
