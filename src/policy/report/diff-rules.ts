import type { Bundle, Role } from '../bundle.ts';
import { type Change, general } from './change.ts';
import { difference, limit, mayOrNot, union } from './compare.ts';
import { diffPractice } from './diff-practice.ts';
import { forPurposes, roles } from './words.ts';

/** Every change of what lets callers in, or holds them back, whatever the class. */
export function diffRules(before: Bundle, after: Bundle): Change[] {
  return [
    ...eachRole(before, after),
    ...relationships(before, after),
    ...existence(before, after),
    ...safeguards(before, after),
    ...restrictions(before, after),
    ...breakGlass(before, after),
    ...telling(before, after),
    ...openToAll(before, after),
    ...diffPractice(before, after),
  ];
}

function eachRole(before: Bundle, after: Bundle): Change[] {
  return union(before.roles, after.roles).flatMap((name) => {
    const [was, is] = [before.roles.get(name), after.roles.get(name)];
    const who = roles(is ? after : before, name);
    const about = { role: name };
    const lists: readonly (readonly [string, (role: Role) => readonly string[]])[] = [
      ['declare the purpose', (role) => [...role.purposes.keys()]],
      ['be practitioners of a partner of the type', (role) => role.partnerTypes],
      ['look people up by', (role) => role.lookups],
      ['use', (role) => role.actions],
      ['see work items of the kind', (role) => role.queues],
    ];
    return [
      ...lists.flatMap(([may, read]) => mayOrNot(who, may, was ? read(was) : [], is ? read(is) : [], about)),
      ...limit(
        `The number of people that one of the ${who} may ask about in a day`,
        was?.peoplePerDay,
        is?.peoplePerDay,
        about,
      ),
      ...eachView(before, after, name),
    ];
  });
}

function eachView(before: Bundle, after: Bundle, role: string): Change[] {
  const [was, is] = [before.roles.get(role)?.purposes, after.roles.get(role)?.purposes];
  return [...(is?.keys() ?? [])].flatMap((purpose) => {
    const [one, other] = [was?.get(purpose)?.holdMilliseconds, is?.get(purpose)?.holdMilliseconds];
    const what = `The hold on answers to ${roles(after, role)} ${forPurposes(after, [purpose])}, in milliseconds,`;
    // A shorter hold lets the time taken tell what is hidden.
    return limit(what, one, other, { role, purposes: [purpose] }, 'less is wider');
  });
}

function relationships(before: Bundle, after: Bundle): Change[] {
  const carried = [...after.purposes.values()].flatMap(({ code, label, relationships: is }) => {
    const declared = [...after.roles.values()].some((role) => role.purposes.has(code));
    const { added, removed } = difference(before.purposes.get(code)?.relationships ?? [], is);
    const about = { purposes: [code] };
    return [
      ...added.map((type) =>
        general(
          declared ? 'widening' : 'other',
          `${kind(after, type)} did not carry the purpose ${label}, and now does.`,
          about,
        ),
      ),
      ...removed.map((type) =>
        general('narrowing', `${kind(before, type)} carried the purpose ${label}, and now does not.`, about),
      ),
    ];
  });
  const grace = union(before.relationships, after.relationships).flatMap((type) =>
    limit(
      `The days for which ${lower(kind(after, type))} still carries a purpose after its end`,
      before.relationships.get(type)?.graceDays,
      after.relationships.get(type)?.graceDays,
    ),
  );
  return [...carried, ...grace];
}

function kind({ relationships: known }: Bundle, type: string): string {
  return `A relationship of the type ${type} (${known.get(type)?.label ?? 'unknown'})`;
}

function existence(before: Bundle, after: Bundle): Change[] {
  return union(before.roles, after.roles).flatMap((role) =>
    [...(after.roles.get(role)?.purposes ?? [])].flatMap(([purpose, view]) =>
      [...view.sections].flatMap(([section, { existence: is }]) => {
        const was = before.roles.get(role)?.purposes.get(purpose)?.sections.get(section)?.existence;
        if (was === undefined || was === is) return [];
        const who = `${roles(after, role)}, ${forPurposes(after, [purpose])},`;
        const told = `the section ${section} is held or withheld for a person`;
        return is === 'open'
          ? general('widening', `${who} could not know whether ${told}, and now could.`, { role, purposes: [purpose] })
          : general('narrowing', `${who} could know whether ${told}, and now could not.`, {
              role,
              purposes: [purpose],
            });
      }),
    ),
  );
}

function safeguards(before: Bundle, after: Bundle): Change[] {
  const thresholds = union(before.sections, after.sections).flatMap((section) =>
    limit(
      `How sure the crosswalk must be before a holder is asked for ${section}`,
      before.sections.get(section)?.matchThreshold,
      after.sections.get(section)?.matchThreshold,
      {},
      'less is wider',
    ),
  );
  const permissions = union(before.permissions, after.permissions).flatMap((type) => {
    const [was, is] = [before.permissions.get(type)?.names, after.permissions.get(type)?.names];
    if (!was || !is) return [];
    const { added, removed } = difference(was, is);
    return [
      ...removed.map((name) =>
        general('widening', `A record of the permission ${type} had to name one ${name} to count, and now need not.`),
      ),
      ...added.map((name) =>
        general(
          'narrowing',
          `A record of the permission ${type} must name one ${name} to count, which it need not before.`,
        ),
      ),
    ];
  });
  const protective = [...after.classes.values()].flatMap((entry): Change[] => {
    const was = before.classes.get(entry.name);
    if (!was || was.protective === entry.protective) return [];
    // Both ways are signed for: one opens it over an objection that was upheld, the other lets one hide a risk to somebody.
    const sentence = entry.protective
      ? `An upheld objection could close ${entry.name}, and now could not: the class is marked protective.`
      : `No permission or objection could hide ${entry.name}, and now one could: the class is no longer marked protective.`;
    return [general('widening', sentence, { classes: [entry.name], handling: entry.handling })];
  });
  const clients = [...after.partners.values()].flatMap(({ code, name, clients: is }) =>
    mayOrNot(`Practitioners of ${name}`, 'come through the client', before.partners.get(code)?.clients ?? [], is, {
      partners: [code],
    }),
  );
  return [...thresholds, ...permissions, ...protective, ...clients];
}

function restrictions(before: Bundle, after: Bundle): Change[] {
  return union(before.restrictions, after.restrictions).flatMap((owner) => {
    const [was, is] = [before.restrictions.get(owner), after.restrictions.get(owner)];
    const name = (is ? after : before).partners.get(owner)?.name ?? owner;
    const about = { partners: [owner] };
    if (!is)
      return [
        general(
          'widening',
          `Nothing is agreed any longer about the restrictions of ${name}: nobody is paged when they go stale.`,
          about,
        ),
      ];
    if (!was) return [general('narrowing', `What is agreed about the restrictions of ${name} is new.`, about)];
    const told = `practitioners of ${name} are told of a restriction of its own that keeps them out`;
    const signpost =
      !was.signpost && is.signpost
        ? [general('widening', `From now on ${told}.`, about)]
        : was.signpost && !is.signpost
          ? [
              general(
                'narrowing',
                `No longer ${told.replace('practitioners', 'are practitioners').replace('are told', 'told')}.`,
                about,
              ),
            ]
          : [];
    const freshness = limit(
      `The hours after which a silent list of restrictions of ${name} is paged about`,
      was.freshnessHours,
      is.freshnessHours,
      about,
    );
    const needed = limit(
      `The days before a release from which ${name} is asked who will need to know of a restriction`,
      was.needToKnowDays,
      is.needToKnowDays,
      about,
      'less is wider',
    );
    return [...signpost, ...freshness, ...needed];
  });
}

function breakGlass({ breakGlass: was }: Bundle, after: Bundle): Change[] {
  const is = after.breakGlass;
  const reasons = difference([...was.reasons.keys()], [...is.reasons.keys()]);
  return [
    ...limit('The minutes for which break-glass lasts', was.minutes, is.minutes),
    ...limit('The hours in which a break-glass must be reviewed', was.reviewHours, is.reviewHours),
    ...mayOrNot('Practitioners in the role', 'break the glass:', was.roles, is.roles),
    ...mayOrNot('Practitioners in the role', 'close a review of break-glass:', was.reviewers, is.reviewers),
    ...reasons.added.map((code) =>
      general('widening', `The glass could not be broken for the reason ${code}, and now could.`),
    ),
    ...reasons.removed.map((code) =>
      general('narrowing', `The glass could be broken for the reason ${code}, and now could not.`),
    ),
  ];
}

function telling({ telling: was }: Bundle, { telling: is }: Bundle): Change[] {
  const told = 'be told without a decision of use';
  return [
    // What waits no longer is what a person may now be told.
    ...mayOrNot('A person', `${told} by a partner of the type`, is.waits.recipients, was.waits.recipients),
    ...mayOrNot('A person', `${told} for the purpose`, is.waits.purposes, was.waits.purposes),
    ...mayOrNot('A person', `${told} of the class`, is.waits.classes, was.waits.classes),
    ...mayOrNot('A person', 'be told by name of the partner', was.named, is.named),
    ...mayOrNot('A controller', 'keep something back on the ground', [...was.grounds.keys()], [...is.grounds.keys()]),
    ...limit('The days after which it is looked at again', was.longestReviewDays, is.longestReviewDays),
    ...limit('The hold on reports, in milliseconds,', was.holdMilliseconds, is.holdMilliseconds, {}, 'less is wider'),
    ...limit('The hours for which two people may read names', was.names.hours, is.names.hours),
  ];
}

/** Coordinates that no class guards: those of the envelope, and those of the gateway's own work. */
function openToAll(before: Bundle, after: Bundle): Change[] {
  const envelope = difference([...before.envelope], [...after.envelope]);
  const governance = difference([...before.governance], [...after.governance]);
  return [
    ...envelope.added.map((field) =>
      general('widening', `${field} is now in the envelope: every caller whose record opens is shown it.`),
    ),
    ...envelope.removed.map((field) =>
      general('narrowing', `${field} is no longer in the envelope, which every caller is shown.`),
    ),
    ...governance.added.map((field) =>
      general(
        'widening',
        `${field} is now of the gateway's own work: every role with an action that leads to it is shown it.`,
      ),
    ),
    ...governance.removed.map((field) => general('narrowing', `${field} is no longer of the gateway's own work.`)),
  ];
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
