import type { Bundle, Role } from '../bundle.ts';
import type { Policy } from '../territory.ts';
import { effectiveCells, IDENTIFIERS, MESSAGES } from './cells.ts';
import { type Given, grantSentences } from './grant-sentence.ts';
import { list, parties } from './words.ts';

/** File name to text: one page for each role, and the list of them. Of all days, so that they stay true overnight. */
export function viewPages(policy: Policy): ReadonlyMap<string, string> {
  const { bundle } = policy;
  const cells = Map.groupBy(effectiveCells(policy), ({ role }) => role);
  const roles = [...bundle.roles.values()].sort((a, b) => (a.title < b.title ? -1 : 1));
  const pages = roles.map((role): [string, string] => {
    const given = (cells.get(role.name) ?? []).flatMap(({ grants, ...cell }) =>
      grants.map((grant) => ({ ...cell, ...grant })),
    );
    return [`${role.name}.md`, rolePage(bundle, role, given)];
  });
  return new Map([['README.md', index(bundle, roles)], ...pages]);
}

/** The first line of every page, by which one that is no longer wanted is known. */
export const GENERATED = '<!-- Generated from policies/ by `npm run docs`. Change the policy, not this page. -->';

function index(bundle: Bundle, roles: readonly Role[]): string {
  return `${GENERATED}

# Who may see what

A page for each role: what it sees, for which purpose, from whom, under which agreement and why. What is not on a page is
not shown. And all of it only of a person with whom the practitioner has a relationship that carries the purpose, whom no
restriction closes to them, and whom the holder knows.

| role | at | purposes | owner | review by |
|---|---|---|---|---|
${roles.map((role) => row([`[${role.title}](${role.name}.md)`, places(bundle, role), [...role.purposes.keys()].map(label(bundle)).join('<br>'), role.owner, role.review])).join('\n')}
`;
}

type Line = Given & {
  readonly purpose: string;
  readonly section: string;
  readonly dataClass: string;
  readonly item: string;
};

function rolePage(bundle: Bundle, role: Role, given: readonly Line[]): string {
  const emergencies = bundle.breakGlass.roles.includes(role.name);
  return `${GENERATED}

# ${role.title}

| | |
|---|---|
| Works at | ${places(bundle, role)} |
| Owner | ${text(role.owner)} |
| Review by | ${role.review} |
| Looks people up by | ${list(role.lookups.map((type) => text(bundle.identifiers.get(type)?.label ?? type))) || 'nothing'} |
| People a day, at most | ${role.peoplePerDay} |
| Work of the gateway's own | ${list(role.actions.map((action) => `\`${action}\``)) || 'none'} |
| Queues | ${list(role.queues.map((queue) => `\`${queue}\``)) || 'none'} |
| Told of | ${eventsFor(bundle, role) || 'nothing'} |
| Break-glass | ${emergencies ? 'yes, for the classes marked' : 'no'} |
| Purposes | ${[...role.purposes.keys()].map((purpose) => linkTo(label(bundle)(purpose))).join('<br>')} |
${[...role.purposes.keys()]
  .map((purpose) =>
    purposePart(
      bundle,
      role,
      purpose,
      given.filter((line) => line.purpose === purpose),
    ),
  )
  .join('')}`;
}

function purposePart(bundle: Bundle, role: Role, purpose: string, given: readonly Line[]): string {
  const policy = bundle.purposes.get(purpose);
  const view = role.purposes.get(purpose);
  const carried = list((policy?.relationships ?? []).map((type) => `${type} (${graceful(bundle, type)})`));
  const head = `
## ${text(policy?.label ?? purpose)}

\`${purpose}\`. ${carried ? `Carried by ${carried}.` : 'No relationship carries it: it opens no record.'}${
    view && view.holdMilliseconds > 0
      ? ` Answers with a hidden section leave after ${view.holdMilliseconds} ms at the soonest.`
      : ''
  }
`;
  const parts: readonly (readonly [string, readonly string[], string])[] = [
    [IDENTIFIERS, view?.identifiers ?? [], ''],
    ...[...(view?.sections ?? [])].map(([section, { classes, why, existence }]) => {
      const hidden = existence === 'hidden' ? ' Hidden: the caller may not know whether anything is held.' : '';
      return [section, classes, `${text(why)}${hidden}`] as const;
    }),
    [
      MESSAGES,
      view?.receives ?? [],
      'What others tell the role, when they ask something of it or answer what it asked.',
    ],
  ];
  const shown = parts.filter(([, classes]) => classes.length > 0);
  if (shown.length === 0) return `${head}\nSees no part of anybody's record.\n`;
  return head + shown.map(([section, classes, why]) => sectionPart(bundle, section, classes, why, given)).join('');
}

function sectionPart(
  bundle: Bundle,
  section: string,
  classes: readonly string[],
  why: string,
  given: readonly Line[],
): string {
  const lines = classes.map((name) => {
    const entry = bundle.classes.get(name);
    const items = [...(entry?.fields ?? []), ...(entry?.identifiers ?? []), ...(entry?.messages ?? [])];
    const own = given.filter((line) => line.section === section && line.dataClass === name);
    // Every field of a class fares alike: the first that is given says it for all.
    const sentences = grantSentences(
      bundle,
      own.filter(({ item }) => item === own[0]?.item),
    );
    return row([
      `\`${name}\`<br>${entry?.handling ?? ''}`,
      `${text(entry?.description ?? '')}: ${items.map((item) => `\`${item}\``).join(', ')}`,
      sentences.length > 0 ? sentences.join('.<br>') : 'No agreement gives it',
    ]);
  });
  const title = section.charAt(0).toUpperCase() + section.slice(1);
  return `
### ${title}
${why === '' ? '' : `\n${why}\n`}
| class | what it covers | from whom, under what |
|---|---|---|
${lines.join('\n')}
`;
}

/** What happens to people that the role is told of, each with the purposes under which it is. */
function eventsFor(bundle: Bundle, { name }: Role): string {
  return [...bundle.events.values()]
    .map(({ kind, audience }) => ({
      kind,
      purposes: audience.filter(({ role }) => role === name).map((each) => each.purpose),
    }))
    .filter(({ purposes }) => purposes.length > 0)
    .map(({ kind, purposes }) => `\`${kind}\` (${list(purposes)})`)
    .join('<br>');
}

function graceful({ relationships }: Bundle, type: string): string {
  const { label: said = type, graceDays = 0 } = relationships.get(type) ?? {};
  return graceDays > 0 ? `${said}; for ${graceDays} days after its end` : said;
}

function places(bundle: Bundle, { partnerTypes }: Role): string {
  return parties(
    bundle,
    [...bundle.partners.values()].filter(({ type }) => partnerTypes.includes(type)).map(({ code }) => code),
  );
}

function label({ purposes }: Bundle): (code: string) => string {
  return (code) => text(purposes.get(code)?.label ?? code);
}

/** A link to a heading of the same page, by the anchor that GitHub and its like make of it. */
function linkTo(heading: string): string {
  const anchor = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '');
  return `[${heading}](#${anchor.replaceAll(' ', '-')})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Prose of a policy file, as it stands in a table of Markdown. */
function text(prose: string): string {
  return prose.replace(/[\\|<>`*_[\]]/g, '\\$&').replaceAll('\n', ' ');
}
