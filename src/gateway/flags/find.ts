import { explain } from '../../flags/explain.ts';
import { flagsOf } from '../../flags/flags.ts';
import { nameId } from '../../flags/name-id.ts';
import type { Access, Flag, Surroundings } from '../../flags/types.ts';
import type { FlagsPolicy } from '../../policy/practice.ts';
import type { Day } from '../../record/facts.ts';
import type { FlagScope, KeptFlag } from '../../record/flags.ts';
import { asOthersRead, withoutStranger, withoutTies } from './as-told.ts';
import type { SetApart } from './set-apart.ts';
import type { Known } from './surroundings.ts';

/**
 * The flags of one day. Those about somebody under a restriction are found apart, and are for its owner; whoever is closed
 * to everybody is in none.
 * @param accesses of the day
 * @param epochOf a pseudonym
 */
export function findFlags(
  day: Day,
  accesses: readonly Access[],
  known: Known,
  apart: SetApart,
  policy: FlagsPolicy,
  epochOf: (subject: string) => number,
): KeptFlag[] {
  const open = accesses.filter(({ subject }) => !apart.closed.has(subject));
  const ofOwners = Map.groupBy(
    open.filter(({ subject }) => apart.owners.has(subject)),
    ({ subject }) => apart.owners.get(subject)?.[0] ?? '',
  );
  const ofAll = open
    .filter(({ subject }) => !apart.owners.has(subject))
    .map((each) => withoutStranger(each, known.isKnownTo(each.subject, each.partner)));
  const [around, alone] = [known.around(day, true), known.around(day, false)];
  const byId = new Map(accesses.map((access) => [access.id, access]));
  const keep = (flag: Flag, scope: FlagScope, { held }: Surroundings) => {
    const looks = flag.accesses.flatMap((id) => byId.get(id) ?? []);
    const explained = looks.map((look) => [look, explain(look, held(look), policy)] as const);
    const isTheirs = flag.about.partner === scope.reader;
    const told = explained.map(([look, full]) => (isTheirs ? full : asOthersRead(look, full, policy)).text);
    const known = new Set(explained.map(([, full]) => full.text));
    return kept({ ...flag, evidence: flag.evidence.filter((each) => !known.has(each)) }, scope, looks, told, epochOf);
  };
  return [
    ...flagsOf(ofAll, around, policy).map((flag) =>
      keep(flag, { scope: 'PARTNER', reader: flag.about.partner }, around),
    ),
    // What is usual tells of others' people: it is not told beside these.
    ...[...ofOwners].flatMap(([owner, theirs]) => {
      const asked = forOwner(owner, alone, policy);
      const told = theirs.map((each) => withoutTies(each, owner));
      return flagsOf(told, asked, policy)
        .filter(({ subject }) => subject !== null)
        .map((flag) => keep(flag, { scope: 'OWNER', reader: owner }, asked));
    }),
  ];
}

/** Of other partners' practitioners an owner learns who has no reason, and not what else they had to do with the person. */
function forOwner(owner: string, around: Surroundings, policy: FlagsPolicy): Surroundings {
  return {
    ...around,
    held(access) {
      const held = around.held(access);
      return access.partner === owner || explain(access, held, policy).explained ? held : [];
    },
  };
}

/**
 * @param looks that the flag is about
 * @param considered explanations that were looked for
 */
function kept(
  { id, rule, about, subject, day, accesses, weight, sentence, evidence }: Flag,
  scope: FlagScope,
  looks: readonly Access[],
  considered: readonly string[],
  epochOf: (subject: string) => number,
): KeptFlag {
  return {
    ...scope,
    id: nameId([scope.scope, scope.reader, id]),
    rule,
    day,
    partner: about.partner,
    practitioner: about.kind === 'PRACTITIONER' ? about.practitioner : null,
    relationship: about.kind === 'FEED' ? about.relationship : null,
    subject: subject === null ? null : { ref: subject, epoch: epochOf(subject) },
    subjects: [...new Set(looks.map((look) => look.subject))],
    weight,
    sentence,
    evidence,
    considered: [...new Set(considered)],
    entries: accesses,
  };
}
