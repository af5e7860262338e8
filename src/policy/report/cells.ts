import { addDays } from '../../record/day.ts';
import { covers, type Day, type Span } from '../../record/facts.ts';
import type { Bundle } from '../bundle.ts';
import { decideMessage } from '../message.ts';
import { type Policy, territoryOf } from '../territory.ts';
import { compileView, gives, type Territory } from '../view.ts';

/** What one field of one holder is to one role, for one purpose, at one partner: over all days. */
export interface Cell {
  readonly role: string;
  readonly purpose: string;
  /** Whose practitioners see it. */
  readonly partner: string;
  /** Whose data it is; for a message, who sends it. */
  readonly holder: string;
  /** A section of the record, or one of the two that are none. */
  readonly section: string | typeof IDENTIFIERS | typeof MESSAGES;
  readonly dataClass: string;
  /** A schema coordinate, a type of identifier or a message field. */
  readonly item: string;
  /** The spans in which it is given, in order, apart. Never empty. */
  readonly grants: readonly Grant[];
}

export interface Grant extends Span {
  readonly agreement: string;
  /** Permission types, sorted, any one of which must be in force. Empty when none is needed. */
  readonly requires: readonly string[];
  /** Whether it is shown under break-glass: the agreement marks it for a role that is marked itself. */
  readonly emergency: boolean;
}

export const IDENTIFIERS = 'identifiers';
export const MESSAGES = 'messages';

/**
 * Every cell that both keys open on some day. It is read off the views and decisions that the gateway itself makes, one
 * for each day on which an agreement begins or has ended.
 */
export function effectiveCells(policy: Policy): Cell[] {
  const { bundle } = policy;
  const territory = territoryOf(policy);
  const cells = new Map<string, Cell & { grants: Grant[] }>();
  for (const { role, purpose, partner } of viewsOf(bundle)) {
    const days = boundaries(bundle, purpose, partner);
    for (const [index, from] of days.entries()) {
      const next = days[index + 1];
      const span = { from, until: next === undefined ? null : addDays(next, -1) };
      for (const { grant, ...cell } of openOn(bundle, territory, { role, purpose, partner, day: from })) {
        const key = [role, purpose, partner, cell.holder, cell.section, cell.item].join('|');
        const known = cells.get(key) ?? { role, purpose, partner, ...cell, grants: [] };
        cells.set(key, known);
        extend(known.grants, { ...grant, ...span });
      }
    }
  }
  return [...cells.values()];
}

/** Every role with each purpose it may declare, at each partner that has it. */
export function viewsOf(bundle: Bundle): { role: string; purpose: string; partner: string }[] {
  return [...bundle.roles.values()].flatMap((role) =>
    [...role.purposes.keys()].flatMap((purpose) =>
      [...bundle.partners.values()]
        .filter(({ type }) => role.partnerTypes.includes(type))
        .map(({ code }) => ({ role: role.name, purpose, partner: code })),
    ),
  );
}

export function grantOn({ grants }: Pick<Cell, 'grants'>, day: Day): Grant | null {
  return grants.find((grant) => covers(grant, day)) ?? null;
}

type Asked = Parameters<typeof compileView>[2];
type Open = Pick<Cell, 'holder' | 'section' | 'dataClass' | 'item'> & { readonly grant: Omit<Grant, keyof Span> };

function openOn(bundle: Bundle, territory: Territory, asked: Asked): Open[] {
  const view = compileView(bundle, territory, asked);
  const marked = bundle.breakGlass.roles.includes(asked.role);
  const open: Open[] = [];
  for (const section of view?.sections.values() ?? []) {
    for (const { holder, fields } of section.holders.values()) {
      for (const [item, { dataClass, agreement, requires, emergency }] of fields) {
        const grant = { agreement, requires: [...requires].sort(), emergency: emergency && marked };
        open.push({ holder, section: section.name, dataClass, item, grant });
      }
    }
  }
  for (const [holder, { types }] of view?.identifiers ?? []) {
    for (const [item, { dataClass, agreement, requires }] of types) {
      const grant = { agreement, requires: [...requires].sort(), emergency: false };
      open.push({ holder, section: IDENTIFIERS, dataClass, item, grant });
    }
  }
  return [...open, ...messagesOn(bundle, asked)];
}

function messagesOn(bundle: Bundle, { role, purpose, partner, day }: Asked): Open[] {
  const received = bundle.roles.get(role)?.purposes.get(purpose)?.receives ?? [];
  const items = [...bundle.messages].filter(([, dataClass]) => received.includes(dataClass));
  if (items.length === 0) return [];
  return [...bundle.partners.keys()].flatMap((from) => {
    const fields = items.map(([item]) => item);
    const message = { from, to: partner, role, desk: null, purpose, day, fields };
    const decision = decideMessage(bundle, message, { restrictions: [], permissions: [], objections: [] });
    return items.flatMap(([item, dataClass]): Open[] => {
      const reasons = decision.fields.get(item) ?? [];
      const agreement = reasons.find(({ gate, outcome }) => gate === 'agreement' && outcome === 'pass')?.ref;
      if (!agreement) return [];
      const requires =
        bundle.agreements.find(({ reference }) => reference === agreement)?.requires.get(dataClass) ?? [];
      const grant = { agreement, requires: [...requires].sort(), emergency: false };
      return [{ holder: from, section: MESSAGES, dataClass, item, grant }];
    });
  });
}

/** Days from which something may be given to the partner for the purpose, or no longer is. */
function boundaries({ agreements }: Bundle, purpose: string, partner: string): Day[] {
  const days = agreements
    .filter(
      (agreement) =>
        agreement.purposes.includes(purpose) && agreement.holders.some((holder) => gives(agreement, holder, partner)),
    )
    .flatMap(({ from, until }) => [from, ...(until === null ? [] : [addDays(until, 1)])]);
  return [...new Set(days)].sort();
}

/** One span where nothing but the day changes. */
function extend(grants: Grant[], grant: Grant): void {
  const last = grants.at(-1);
  const joins = last?.until && addDays(last.until, 1) === grant.from && sameTerms(last, grant);
  if (last && joins) grants[grants.length - 1] = { ...last, until: grant.until };
  else grants.push(grant);
}

export function sameTerms(a: Omit<Grant, keyof Span>, b: Omit<Grant, keyof Span>): boolean {
  return a.agreement === b.agreement && a.emergency === b.emergency && a.requires.join() === b.requires.join();
}
