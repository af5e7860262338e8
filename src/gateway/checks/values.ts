import type { QuestionAddress } from '../../checks/question.ts';
import type { Day } from '../../record/facts.ts';
import type { Selection } from '../../record/selection.ts';
import type { Errand } from '../errand.ts';
import type { PersonNode } from '../person.ts';
import type { NamedSubject } from '../subjects-of.ts';
import { addPlace } from './told.ts';

/** What of somebody's record a request for a check tells, as the asker may have it. */
export interface Values {
  readonly name: string | null;
  readonly dateOfBirth: Day | null;
  /** `unknown` where nobody could be asked or heard; null where there is no date, or it is over. */
  readonly release: Day | null | 'unknown';
  readonly addresses: readonly QuestionAddress[] | 'unknown';
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
    name: person?.name ?? null,
    dateOfBirth: person?.dateOfBirth ?? null,
    release: !inCustody ? 'unknown' : release !== null && release < request.view.day ? null : release,
    addresses: addressesIn(accommodation),
  };
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
  readonly unavailable: readonly string[];
}

async function readSection(node: PersonNode, section: string): Promise<Read> {
  if ((node.plans.get(section)?.holders.length ?? 0) === 0) return { values: [], unavailable: [] };
  const { parts, trueRows } = await node.section(section);
  return {
    values: parts.map(({ value }) => value),
    unavailable: trueRows.flatMap(({ status, holder }) => (status === 'UNAVAILABLE' && holder ? [holder] : [])),
  };
}

/** No address is told from one that its holder could not be asked for. */
function addressesIn(read: Read | undefined): Values['addresses'] {
  const held = (read?.values ?? []) as {
    address?: Partial<Record<'line' | 'town' | 'postcode', string | null>> | null;
  }[];
  const addresses = held.flatMap(({ address }): QuestionAddress[] =>
    address?.line && address.postcode
      ? [{ kind: 'RELEASE', line: address.line, town: address.town ?? null, postcode: address.postcode }]
      : [],
  );
  return addresses.length === 0 && (read?.unavailable.length ?? 0) > 0 ? 'unknown' : addresses;
}
