import { addDays } from '../../record/day.ts';
import type { SubjectFacts } from '../../record/facts.ts';
import type { Bundle } from '../bundle.ts';
import type { Caller } from '../decide.ts';
import type { Territory } from '../view.ts';
import { isList, type MessageCase, type RecordCase, type Sees, usually, type When } from './case.ts';
import type { Cases } from './load.ts';
import { callerOf, desk, factsOf, ME, relationshipsOf } from './subject.ts';

export type Run = RecordRun | MessageRun;

/** Who looks at a record, or reads a message. */
export interface Looking {
  readonly role: string;
  readonly purpose: string;
  readonly partner: string;
}

interface Tried extends Looking {
  readonly file: Cases;
  /** Of the case in its file. */
  readonly index: number;
  /** Which of a case's partners, days and relationships this is, in words. */
  readonly circumstances: string;
  readonly day: string;
  readonly facts: SubjectFacts;
  /** Outside the case's days nothing is shown, whatever it lists. */
  readonly within: boolean;
}

/** One case at one partner, on one day, with one relationship. */
export interface RecordRun extends Tried {
  readonly kind: 'record';
  readonly caller: Caller;
  /** Null: one of the partner's own. */
  readonly client: string | null;
  readonly permitted: boolean;
  /** `cell(section, holder, class)` of everything that is seen. */
  readonly sees: ReadonlySet<string>;
  readonly withheld: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  readonly holdMilliseconds: number;
  readonly signpost: boolean;
}

/** One message from one partner to another, on one day. */
export interface MessageRun extends Tried {
  readonly kind: 'message';
  readonly from: string;
  readonly desk: string | null;
  readonly fields: readonly string[];
  readonly sent: boolean;
}

/** `identifiers` is a section here, and a type of identifier a class. */
export function cell(section: string, holder: string, dataClass: string): string {
  return `${section} ${holder} ${dataClass}`;
}

/** Every run of every case, with its facts, whatever the policy under trial. */
export function runsOf(bundle: Bundle, territory: Territory, files: readonly Cases[]): Run[] {
  return files.flatMap((file) =>
    file.content.cases.flatMap((each, index): Run[] =>
      each.message === undefined
        ? recordRuns(bundle, territory, file, index, each)
        : messageRuns(bundle, territory, file, index, each),
    ),
  );
}

function recordRuns(bundle: Bundle, territory: Territory, file: Cases, index: number, each: RecordCase): RecordRun[] {
  const { role } = file.content;
  const { purpose, at, caller, person = {}, signpost } = each;
  const { sees, withheld, hidden, holdMilliseconds } = usually(file.content, each);
  const relationships = relationshipsOf(person);
  return at.flatMap((partner) => {
    const seen = sees === 'nothing' ? new Set<string>() : cellsOf(bundle, territory, partner, sees);
    return daysOf(each).flatMap(({ day, within }) =>
      relationships.map((relationship): RecordRun => {
        const looking = { role, purpose, partner, day };
        const alone = relationships.length > 1 ? ` with ${relationship?.type}` : '';
        return {
          kind: 'record',
          file,
          index,
          circumstances: `at ${partner} on ${day}${alone}`,
          ...looking,
          within,
          facts: factsOf(bundle, territory, looking, person, relationship),
          caller: callerOf(looking, person, caller?.unnamed ? '' : ME),
          client: caller?.client ?? null,
          permitted: sees !== 'nothing',
          sees: within ? seen : new Set(),
          withheld: new Set(withheld),
          hidden: new Set(hidden),
          holdMilliseconds: holdMilliseconds ?? 0,
          signpost: signpost ?? false,
        };
      }),
    );
  });
}

function messageRuns(
  bundle: Bundle,
  territory: Territory,
  file: Cases,
  index: number,
  each: MessageCase,
): MessageRun[] {
  const { role } = file.content;
  const { from, to, purpose, fields } = each.message;
  return to.flatMap((partner) =>
    from.flatMap((sender) =>
      daysOf(each).map(({ day, within }): MessageRun => {
        const looking = { role, purpose, partner, day };
        return {
          kind: 'message',
          file,
          index,
          circumstances: `from ${sender} to ${partner} on ${day}`,
          ...looking,
          within,
          facts: factsOf(bundle, territory, looking, each.person ?? {}, null),
          from: sender,
          desk: each.message.desk ? desk(looking, each.message.desk) : null,
          fields,
          sent: within && each.sent === 'yes',
        };
      }),
    ),
  );
}

function daysOf({ on, from, until }: When): { day: string; within: boolean }[] {
  const within = [...new Set([on, from, until])].filter((day) => day !== undefined);
  const outside = [...(from ? [addDays(from, -1)] : []), ...(until ? [addDays(until, 1)] : [])];
  return [...within.map((day) => ({ day, within: true })), ...outside.map((day) => ({ day, within: false }))];
}

function cellsOf(bundle: Bundle, { sections, holders }: Territory, partner: string, sees: Sees): Set<string> {
  const cells = new Set<string>();
  for (const [section, content] of Object.entries(sees)) {
    const source = sections.find(({ field }) => field === section)?.source;
    const holds = (holder: { readonly source: string }, name: string) =>
      section === 'identifiers'
        ? sections.some((each) => each.source === holder.source && each.keyField === bundle.identifiers.get(name)?.key)
        : holder.source === source;
    for (const holder of holders) {
      const whose = holder.code === partner ? 'own' : 'others';
      const names = isList<string>(content) ? content : (content[holder.code] ?? content[whose] ?? []);
      for (const name of names) if (holds(holder, name)) cells.add(cell(section, holder.code, name));
    }
  }
  return cells;
}
