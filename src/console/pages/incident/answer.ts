import type { IncidentData, IncidentPerson, KeptIncident, NameRequest, NamesData, Notice } from './documents.ts';
import type { KindsIn } from './kinds.ts';

/** Pseudonyms that one request for names may hold. */
const MOST_ASKED = 500;
/** People that the page itself lists; the lists to save have all of them. */
const MOST_SHOWN = 200;
const HOUR = 3_600_000;

/** The 72 hours in which the Commissioner is to be told: running, over, stopped by telling, or not begun. */
export type ClockView =
  | { readonly state: 'NOT_KEPT' }
  | { readonly state: 'RUNNING' | 'LATE'; readonly awareAt: string; readonly dueAt: string; readonly hours: number }
  | {
      readonly state: 'TOLD';
      readonly awareAt: string;
      readonly toldAt: string;
      readonly hours: number;
      readonly isLate: boolean;
    };

/** Hours are whole ones: of what is left rounded down, of what passed rounded up, so that neither flatters. */
export function clockOf(kept: KeptIncident | null, now: Date): ClockView {
  if (kept === null) return { state: 'NOT_KEPT' };
  const { awareAt, dueAt } = kept;
  const told = kept.notices.find(({ to }) => to === 'COMMISSIONER');
  if (told) {
    const hours = Math.ceil((Date.parse(told.toldAt) - Date.parse(awareAt)) / HOUR);
    return { state: 'TOLD', awareAt, toldAt: told.toldAt, hours, isLate: told.toldAt > dueAt };
  }
  const left = Date.parse(dueAt) - now.getTime();
  return left >= 0
    ? { state: 'RUNNING', awareAt, dueAt, hours: Math.floor(left / HOUR) }
    : { state: 'LATE', awareAt, dueAt, hours: Math.ceil(-left / HOUR) };
}

/** By pseudonym, how a holder knows the person. */
export type Numbers = ReadonlyMap<string, readonly Numbered[]>;

interface Numbered {
  readonly holder: string;
  readonly type: string;
  readonly value: string;
}

export function numbersOf(found: readonly NamesData['names'][]): Numbers {
  return new Map(
    found.flatMap((names) => (names?.people ?? []).map(({ subject, identifiers }) => [subject, identifiers])),
  );
}

export interface IncidentView {
  readonly people: readonly {
    readonly place: number;
    readonly subject: string;
    readonly first: string;
    readonly last: string;
    readonly times: number;
    /** Whose information, and which kinds of it. */
    readonly parts: readonly { readonly partner: string; readonly kinds: readonly string[] }[];
    readonly numbers: readonly Numbered[];
  }[];
  /** How many people there are besides those. */
  readonly notListed: number;
  readonly total: number;
  readonly controllers: readonly {
    readonly partner: string;
    readonly people: number;
    readonly kinds: readonly string[];
    /** Those who were told, oldest first. */
    readonly notices: readonly Notice[];
  }[];
  /** Of others than controllers. */
  readonly notices: readonly Notice[];
  readonly toldCount: number;
  readonly refused: number;
}

/** A person as one controller is told of them: by its own number where the names are open, of its own data alone. */
export interface ControllerRow {
  readonly subject: string;
  readonly number: { readonly type: string; readonly value: string } | null;
  readonly first: string;
  readonly last: string;
  readonly times: number;
  readonly classes: readonly string[];
}

/** Those whom to tell and who have not been told come first. */
export function viewOf(
  { people, controllers, refused }: NonNullable<IncidentData['incident']>,
  kept: KeptIncident | null,
  numbers: Numbers,
  kindsIn: KindsIn,
): IncidentView {
  const notices = kept?.notices ?? [];
  const toldOf = (partner: string) => notices.filter(({ to }) => to === partner);
  const told = controllers.map((controller) => ({
    partner: controller.partner,
    people: controller.people,
    kinds: kindsIn(controller.classes),
    notices: toldOf(controller.partner),
  }));
  const known = new Set(controllers.map(({ partner }) => partner));
  return {
    people: people.slice(0, MOST_SHOWN).map(({ subject, first, last, times, parts }, index) => ({
      ...{ place: index + 1, subject, first, last, times },
      parts: parts.map(({ partner, classes }) => ({ partner, kinds: kindsIn(classes) })),
      numbers: numbers.get(subject) ?? [],
    })),
    notListed: Math.max(0, people.length - MOST_SHOWN),
    total: people.length,
    controllers: [
      ...told.filter((each) => each.notices.length === 0),
      ...told.filter((each) => each.notices.length > 0),
    ],
    notices: notices.filter(({ to }) => !known.has(to)),
    toldCount: told.filter((each) => each.notices.length > 0).length,
    refused,
  };
}

export function rowsOf(people: readonly IncidentPerson[], partner: string, numbers: Numbers): ControllerRow[] {
  return people.flatMap(({ subject, first, last, times, parts }) => {
    const part = parts.find((each) => each.partner === partner);
    if (!part) return [];
    const number = numbers.get(subject)?.find(({ holder }) => holder === partner) ?? null;
    return [{ subject, number, first, last, times, classes: part.classes }];
  });
}

/** What became of asking whom the pseudonyms of an incident stand for. */
export interface NamesView {
  /** Requests of theirs that wait for somebody else. */
  readonly waiting: readonly NameRequest[];
  /** Those whose names may be read now. */
  readonly open: readonly NameRequest[];
  /** Pseudonyms that nobody asked about yet, as many as one request holds. */
  readonly toAsk: readonly string[];
  /** Requests of colleagues that wait for the reader to agree, whatever they are of. */
  readonly toAgree: readonly NameRequest[];
}

export function namesOf(
  people: readonly Pick<IncidentPerson, 'subject'>[],
  requests: readonly NameRequest[],
): NamesView {
  const subjects = new Set(people.map(({ subject }) => subject));
  const theirs = requests.filter((request) => request.subjects.some((subject) => subjects.has(subject)));
  const asked = new Set(theirs.flatMap((request) => request.subjects));
  return {
    waiting: theirs.filter(({ until }) => until === null),
    open: theirs.filter(({ until }) => until !== null),
    toAsk: [...subjects].filter((subject) => !asked.has(subject)).slice(0, MOST_ASKED),
    toAgree: requests.filter(({ own, until }) => !own && until === null),
  };
}

/** The kept incident of the same account and window. */
export function keptOf(
  incidents: readonly KeptIncident[],
  asked: { readonly partner: string; readonly practitioner: string; readonly from: Date; readonly to: Date },
): KeptIncident | null {
  const isSame = (one: string, other: Date) => Date.parse(one) === other.getTime();
  return (
    incidents.find(
      ({ partner, practitioner, from, to }) =>
        partner === asked.partner &&
        practitioner === asked.practitioner &&
        isSame(from, asked.from) &&
        isSame(to, asked.to),
    ) ?? null
  );
}
