import { casesOf } from '../../flags/cases.ts';
import { nameId } from '../../flags/name-id.ts';
import type { Case, Flag } from '../../flags/types.ts';
import type { FlagsPolicy } from '../../policy/practice.ts';
import type {
  CaseReaders,
  CountedFlag,
  FlagDigest,
  FoundCase,
  KeptFlag,
  OpenCase,
  Touched,
} from '../../record/flags.ts';

/** Gives flags that are new, and those that are gone, their places in cases. What is closed stays as it is. */
export async function regroup(
  kept: FlagDigest,
  changed: readonly KeptFlag[],
  policy: FlagsPolicy,
  at: Date,
  dueAt: Date,
): Promise<void> {
  const readers = Map.groupBy(changed, ({ scope, reader }) => `${scope}\n${reader}`);
  for (const flags of readers.values()) {
    const [first] = flags;
    if (first) await regroupFor({ scope: first.scope, reader: first.reader }, flags);
  }
  const ofPartners = changed.filter(({ scope, subject }) => scope === 'PARTNER' && subject !== null);
  if (ofPartners.length > 0) await regroupFor({ scope: 'BOARD', reader: null }, ofPartners);

  async function regroupFor(of: CaseReaders, flags: readonly KeptFlag[]): Promise<void> {
    const touched = touchedBy(flags, of.scope === 'BOARD');
    const [known, open] = [await kept.flagsAbout(of, touched), await kept.openCases(of, touched)];
    const found = findCases(of, touched, known, policy);
    const [placed, left] = place(found, open);
    await kept.dropCases(left);
    await kept.saveCases(placed, at, dueAt);
  }
}

/** Cases about whoever is touched, out of flags that are in no closed case of the kind. */
export function findCases(
  { scope, reader }: CaseReaders,
  touched: Touched,
  flags: readonly CountedFlag[],
  policy: Pick<FlagsPolicy, 'cases' | 'rules'>,
): FoundCase[] {
  const byId = new Map(flags.map((flag) => [flag.id, flag]));
  const without = (closed: readonly string[]) =>
    casesOf(flags.filter(({ closedAs }) => !closed.some((each) => closedAs.includes(each))).map(asFlag), policy);
  const ofPeople = without([scope === 'BOARD' ? 'BOARD' : 'SUBJECT']).filter(({ about }) => about.kind === 'SUBJECT');
  const ofOthers = without(['PRACTITIONER', 'FEED']).filter(({ about }) => about.kind !== 'SUBJECT');
  const partnersOf = (each: Case) => new Set(each.flags.map(({ about }) => about.partner)).size;
  const cases = scope === 'BOARD' ? ofPeople.filter((each) => partnersOf(each) > 1) : [...ofOthers, ...ofPeople];
  return cases.flatMap(({ id, about, weight, flags: theirs }): FoundCase[] => {
    const [first] = theirs;
    const isPerson = about.kind === 'SUBJECT';
    const isTouched =
      about.kind === 'SUBJECT'
        ? touched.subjects.includes(about.subject)
        : about.kind === 'FEED'
          ? touched.relationships.includes(about.relationship)
          : touched.practitioners.includes(about.practitioner);
    if (!first || !isTouched) return [];
    return [
      {
        // Of the same day may be one that is closed. And whoever may not know of its first flag could find its day.
        id: nameId([scope, reader ?? '', id, first.id]),
        scope,
        reader,
        about: about.kind,
        partner: scope === 'BOARD' || (isPerson && scope === 'OWNER') ? null : first.about.partner,
        practitioner: about.kind === 'PRACTITIONER' ? about.practitioner : null,
        relationship: about.kind === 'FEED' ? about.relationship : null,
        subject: isPerson ? (byId.get(first.id)?.subject ?? null) : null,
        weight,
        flags: theirs.map((flag) => flag.id),
      },
    ];
  });
}

/**
 * One that has a flag of an open case takes that case's place and id: what somebody has begun to look at goes on under the
 * same reference.
 * @returns what is there now, and ids of open cases that no flags come to any more
 */
export function place(found: readonly FoundCase[], open: readonly OpenCase[]): [FoundCase[], string[]] {
  const free = new Map(open.map((each) => [each.id, each]));
  const placed = found.map((each) => {
    const known =
      free.get(each.id) ??
      [...free.values()].find(
        ({ about, flags }) => about === each.about && flags.some((id) => each.flags.includes(id)),
      );
    if (known === undefined) return each;
    free.delete(known.id);
    return { ...each, id: known.id };
  });
  return [placed, [...free.keys()]];
}

export function asFlag({ id, rule, subject, day, weight, sentence, evidence, entries, ...of }: KeptFlag): Flag {
  const about =
    of.practitioner === null
      ? ({ kind: 'FEED', partner: of.partner, relationship: of.relationship ?? '' } as const)
      : ({ kind: 'PRACTITIONER', partner: of.partner, practitioner: of.practitioner } as const);
  return { id, rule, about, subject: subject?.ref ?? null, day, accesses: entries, weight, sentence, evidence };
}

function touchedBy(flags: readonly KeptFlag[], peopleOnly: boolean): Touched {
  const unique = (texts: readonly (string | null | undefined)[]) => [...new Set(texts.filter((text) => text != null))];
  return {
    practitioners: peopleOnly ? [] : unique(flags.map(({ practitioner }) => practitioner)),
    relationships: peopleOnly ? [] : unique(flags.map(({ relationship }) => relationship)),
    subjects: unique(flags.map(({ subject }) => subject?.ref)),
  };
}
