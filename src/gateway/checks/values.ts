import type { QuestionAddress } from '../../checks/question.ts';
import type { Day } from '../../record/facts.ts';
import type { Selection } from '../../record/selection.ts';
import type { Errand } from '../errand.ts';
import type { PersonNode, SectionOutcome } from '../person.ts';
import { coordinatesOf } from '../plan.ts';
import type { NamedSubject } from '../subjects-of.ts';
import { addPlace } from './told.ts';

/** What of somebody's record a request for a check tells, as the asker may have it. */
export interface Values {
  readonly name: string | null;
  readonly dateOfBirth: Day | null;
  /** `unknown` where nobody could be asked or heard; null where there is no date, or it is over. */
  readonly release: Day | null | 'unknown';
  readonly addresses: readonly QuestionAddress[] | 'unknown';
  /** Notes for the log that the answer tells something of the addresses. */
  tellAddresses(): void;
  /** Notes for the log that all that was read goes on to a responder: it was its holders' before it was the asker's. */
  tellAll(): void;
}

/** What is not given and so must be read. */
export interface Wanted {
  readonly release: boolean;
  readonly address: boolean;
}

/**
 * Asks the holders for what a request says, by what was decided. Of many people at once, they are asked in one call each.
 */
export async function readValues(errand: Errand, subject: NamedSubject, wanted: Wanted): Promise<Values> {
  const { root, request } = errand;
  // A place of its own in the log: the same person may stand in the answer.
  const node = errand.place({ ...subject }, selectionOf(wanted));
  addPlace(root, node.subject, node);
  const [identity, custody, accommodation] = await Promise.all(
    ['identity', 'custody', 'accommodation'].map((section) => readSection(node, section)),
  );
  for (const { unavailable } of [identity, custody, accommodation].filter((each) => each !== undefined)) {
    for (const holder of unavailable) root.unavailable.add(holder);
  }
  const [person] = (identity?.values ?? []) as { name?: string | null; dateOfBirth?: Day | null }[];
  const [inCustody] = (custody?.values ?? []) as { releaseDate?: Day | null }[];
  const release = inCustody?.releaseDate ?? null;
  return {
    name: person?.name?.trim() || null,
    dateOfBirth: person?.dateOfBirth ?? null,
    release:
      !inCustody && !custody?.isNil ? 'unknown' : release !== null && release < request.view.day ? null : release,
    addresses: addressesIn(accommodation),
    tellAddresses: () => tell(accommodation?.holders.map((holder) => `${holder}|AccommodationAddress.postcode`) ?? []),
    tellAll: () => tell([...node.outcomes.values()].flatMap(toldBy)),
  };

  function tell(coordinates: readonly string[]): void {
    root.told.set(node, [...new Set([...(root.told.get(node) ?? []), ...coordinates])]);
  }
}

/** `holder|Type.field` of what was asked for and given. */
function toldBy({ plan, parts }: SectionOutcome): string[] {
  return parts.flatMap(({ holder, fields }) => {
    const asked = plan.holders.find((each) => each.holder === holder);
    const coordinates = asked ? coordinatesOf(plan.type, asked.selection) : [];
    return coordinates.filter((coordinate) => fields.has(coordinate)).map((coordinate) => `${holder}|${coordinate}`);
  });
}

const SECTIONS = {
  identity: new Map([
    ['name', null],
    ['dateOfBirth', null],
  ]),
  custody: new Map([['releaseDate', null]]),
  accommodation: new Map([
    [
      'address',
      new Map([
        ['line', null],
        ['town', null],
        ['postcode', null],
      ]),
    ],
  ]),
} as const satisfies Record<string, Selection>;

/** One object for each combination, so that people who need the same are planned once. */
const SELECTIONS: readonly Selection[] = [[], ['custody'], ['accommodation'], ['custody', 'accommodation']].map(
  (more) => new Map(Object.entries(SECTIONS).filter(([section]) => section === 'identity' || more.includes(section))),
);

function selectionOf({ release, address }: Wanted): Selection {
  return SELECTIONS[Number(release) + 2 * Number(address)] ?? new Map();
}

interface Read {
  readonly values: readonly object[];
  /** Whose the values are. */
  readonly holders: readonly string[];
  readonly unavailable: readonly string[];
  /** Whether anybody said what they hold, be it nothing. */
  readonly isHeard: boolean;
  /** Whether everybody who may hold something said that they hold nothing. */
  readonly isNil: boolean;
}

async function readSection(node: PersonNode, section: string): Promise<Read> {
  if ((node.plans.get(section)?.holders.length ?? 0) === 0)
    return { values: [], holders: [], unavailable: [], isHeard: false, isNil: false };
  const { parts, trueRows } = await node.section(section);
  return {
    values: parts.map(({ value }) => value),
    holders: parts.map(({ holder }) => holder),
    isNil: trueRows.length > 0 && trueRows.every(({ status }) => status === 'NOT_HELD'),
    isHeard: trueRows.some(({ status }) => HEARD.includes(status)),
    unavailable: trueRows.flatMap(({ status, holder }) => (status === 'UNAVAILABLE' && holder ? [holder] : [])),
  };
}

const HEARD: readonly string[] = ['AVAILABLE', 'STALE', 'NOT_HELD'];

/**
 * No address is told from one that nobody could be asked for. Where one of several holders was not heard, another address
 * may be there, and a force that would never be asked.
 */
function addressesIn(read: Read | undefined): Values['addresses'] {
  const held = (read?.values ?? []) as {
    address?: Partial<Record<'line' | 'town' | 'postcode', string | null>> | null;
  }[];
  const addresses = held.flatMap(({ address }): QuestionAddress[] =>
    address?.line && address.postcode
      ? [{ kind: 'RELEASE', line: address.line, town: address.town ?? null, postcode: address.postcode }]
      : [],
  );
  return read?.isHeard && read.unavailable.length === 0 ? addresses : 'unknown';
}
