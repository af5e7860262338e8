import type { Pseudonym } from '../../audit/entry.ts';
import { casesOf } from '../../flags/cases.ts';
import type { CaseHead, CaseReader } from '../../record/flags.ts';
import type { Engine } from '../engine.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import type { Look } from '../log/look.ts';
import { asFlag } from './regroup.ts';

/**
 * A case as the reader may know it: without flags in which anybody is closed to them (SHARE-06). Null where what is left would
 * never have been a case.
 */
export function asReadable(head: CaseHead, { closed }: Look, { policy }: Engine): CaseHead | null {
  const flags = head.flags.filter(({ subjects }) => !subjects.some((subject) => closed.has(subject)));
  if (flags.length === head.flags.length) return flags.length > 0 ? head : null;
  if (head.scope === 'BOARD' && new Set(flags.map(({ partner }) => partner)).size < 2) return null;
  const left = casesOf(flags.map(asFlag), policy.bundle.flags).filter(({ about }) => about.kind === head.about);
  const weight = Math.max(0, ...left.map((each) => each.weight));
  return left.length > 0 ? { ...head, flags, weight } : null;
}

/** Null where there is none for this reader: one that is closed to them and none at all are told alike. */
export async function readCase({ engine }: Errand, look: Look, reference: string): Promise<CaseHead | null> {
  const id = reference.toLowerCase();
  const head = UUID.test(id) ? await engine.flagCases.find(readerOf(look), id) : null;
  return head && asReadable(head, look, engine);
}

/**
 * Whom a look into a case is about, and what is done with it, so that the log tells of either to those alone who may know of
 * the person. A case about a practitioner is about somebody besides where all of its flags are, and where its owner alone
 * has it.
 */
export function personIn({ subject, scope, flags }: CaseHead): Pseudonym | null {
  const [first, ...others] = flags.flatMap((flag) => flag.subject ?? []);
  const isOne = flags.length === others.length + 1 && others.every(({ ref }) => ref === first?.ref);
  return subject ?? (scope === 'OWNER' || isOne ? (first ?? null) : null);
}

export function readerOf({ reader }: Look): CaseReader {
  return { partner: reader.partner, isLead: reader.isLead };
}

/** By which somebody's part in a case is kept: two partners may give the same id to two people. */
export function accountOf({
  partner,
  practitioner,
}: {
  readonly partner: string;
  readonly practitioner: string;
}): string {
  return `${partner}/${practitioner}`;
}

/**
 * Why somebody may not handle a case: a flag of it is about themselves, or about somebody in their line on any of its days
 * or today. In line on the day is in line for good.
 */
export function createBars({ engine, request }: Pick<Errand, 'engine' | 'request'>) {
  const asked = new Map<string, Promise<boolean>>();
  const sameLine = (one: string, other: string, day: string): Promise<boolean> => {
    const key = [one, other, day].join('\n');
    const known = asked.get(key) ?? engine.governance.sameLine(request.principal.partner, one, other, day);
    asked.set(key, known);
    return known;
  };
  /** @param who an officer of the caller's partner */
  return async (head: CaseHead, who = request.principal.practitioner): Promise<'OWN_ACCESS' | 'OWN_LINE' | null> => {
    const own = head.flags.filter(({ partner }) => partner === request.principal.partner);
    if (own.some(({ practitioner }) => practitioner === who)) return 'OWN_ACCESS';
    const pairs = new Set(own.flatMap(({ practitioner, day }) => (practitioner ? [`${practitioner}\n${day}`] : [])));
    for (const { practitioner } of own) if (practitioner) pairs.add(`${practitioner}\n${request.view.day}`);
    for (const pair of pairs) {
      const [practitioner = '', day = ''] = pair.split('\n');
      if (await sameLine(who, practitioner, day)) return 'OWN_LINE';
    }
    return null;
  };
}
