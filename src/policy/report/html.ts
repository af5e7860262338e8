import type { Day } from '../../record/facts.ts';
import type { Bundle, DataClass, Role } from '../bundle.ts';
import { type Column, columnsOf } from './columns.ts';
import { grantSentences } from './grant-sentence.ts';
import { type MatrixRow, NOT_NEEDED } from './matrix.ts';
import { STYLE } from './style.ts';
import { inSentence, list, parties } from './words.ts';

/**
 * The matrix as one page that needs nothing else: no script, no request, readable on paper and on a telephone. A table for
 * each role; every cell that shows something opens to its reasons.
 */
export function toHtml(bundle: Bundle, rows: readonly MatrixRow[], day: Day): string {
  const roles = [...bundle.roles.values()].sort((a, b) => (a.title < b.title ? -1 : 1));
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Who may see what on ${day}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Who may see what</h1>
<p>On <time datetime="${day}">${day}</time>, by the policy <code>${bundle.hash}</code>. All of it only of people with whom the
caller has a relationship that carries the purpose, whom no restriction closes to the caller, and whom the holder knows.</p>
${LEGEND}
<nav aria-label="Roles"><ul>
${roles.map((role) => `<li><a href="#${encode(role.name)}">${encode(role.title)}</a></li>`).join('\n')}
</ul></nav>
</header>
<main>
${roles.map((role) => roleTable(bundle, rows, role)).join('\n')}
</main>
</body>
</html>
`;
}

const SYMBOLS = {
  SHOW: ['●', 'Shown'],
  NEEDS_PERMISSION: ['◐', 'With permission'],
  NO_AGREEMENT: ['○', 'No agreement'],
  DENY: ['–', 'Not shown'],
} as const;

const LEGEND = `<dl class="legend">
${(
  [
    ['SHOW', 'open the cell for whose data it is, by which agreement, and why'],
    ['NEEDS_PERMISSION', 'only while a permission of the person is in force; open the cell'],
    ['NO_AGREEMENT', 'the role needs it, and no agreement in force gives it'],
    ['DENY', 'the role does not need it, and never sees it'],
  ] as const
)
  .map(([key, text]) => `<div><dt>${symbol(key)}</dt><dd>${text}</dd></div>`)
  .join('\n')}
</dl>
<p><small>hidden</small>: the caller may not know whether anything is held. <small>break-glass</small>: shown under
break-glass too.</p>`;

function roleTable(bundle: Bundle, rows: readonly MatrixRow[], role: Role): string {
  const id = encode(role.name);
  const columns = columnsOf(bundle, rows, role.name);
  const places = [...new Set(columns.flatMap(({ partners }) => partners))];
  const sections = Map.groupBy(
    [
      ...new Map(
        (columns[0] ? [...columns[0].byClass] : []).map(([name, [row]]) => [name, row?.section ?? ''] as const),
      ),
    ],
    ([, section]) => section,
  );
  const shows = columns.some(({ byClass }) =>
    [...byClass.values()].flat().some(({ existence, effect }) => existence || effect !== 'DENY'),
  );
  const facts = `<p>At ${encode(parties(bundle, places))}. Owner: ${encode(role.owner)}. Review by ${role.review}.
Looks people up by ${encode(list(role.lookups)) || 'nothing'}; at most ${role.peoplePerDay} people a day.</p>`;
  if (!shows) {
    const purposes = list(columns.map(({ purpose }) => bundle.purposes.get(purpose)?.label ?? purpose));
    return `<section aria-labelledby="${id}"><h2 id="${id}">${encode(role.title)}</h2>
${facts}<p>Sees no part of anybody's record. Purposes: ${encode(purposes)}.</p></section>`;
  }
  return `<section aria-labelledby="${id}"><h2 id="${id}">${encode(role.title)}</h2>
${facts}
<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0">
<table>
<caption>What the role ${encode(role.title)} sees, by class of data and purpose</caption>
<thead><tr><th scope="col">Class of data</th>
${columns.map((column) => `<th scope="col">${columnHead(bundle, column, places.length)}</th>`).join('\n')}
</tr></thead>
${[...sections]
  .map(([section, classes]) =>
    sectionBody(
      bundle,
      columns,
      section,
      classes.map(([name]) => name),
    ),
  )
  .join('\n')}
</table>
</div>
</section>`;
}

function columnHead({ partners, purposes, schemes }: Bundle, column: Column, everywhere: number): string {
  const label = encode(purposes.get(column.purpose)?.label ?? column.purpose);
  const where =
    column.partners.length < everywhere
      ? `<br><small>${encode(parties({ partners, schemes }, column.partners))}</small>`
      : '';
  return `${label}<br><small><code>${encode(column.purpose)}</code></small>${where}`;
}

function sectionBody(bundle: Bundle, columns: readonly Column[], section: string, classes: readonly string[]): string {
  const head = `<tr class="section"><th scope="rowgroup" colspan="${columns.length + 1}">${encode(title(section))}</th></tr>`;
  const seen = classes.filter((name) =>
    columns.some(({ byClass }) => byClass.get(name)?.some((row) => row.reason !== NOT_NEEDED)),
  );
  const unseen = classes.filter((name) => !seen.includes(name));
  const lines = seen.map((name) => {
    const cells = columns.map(({ byClass }) => `<td>${cell(bundle, byClass.get(name) ?? [])}</td>`).join('');
    return `<tr><th scope="row">${rowHead(bundle.classes.get(name))}</th>${cells}</tr>`;
  });
  const rest =
    unseen.length === 0
      ? ''
      : `<tr class="never"><th scope="row">${seen.length > 0 ? 'Nothing else' : 'Nothing'}</th><td colspan="${columns.length}">
<details><summary>${symbol('DENY')} for every purpose: ${unseen.length} ${unseen.length === 1 ? 'class' : 'classes'}</summary>
<p>${unseen.map((name) => encode(`${inSentence(bundle.classes.get(name)?.description ?? '')} (${name})`)).join('; ')}.</p></details></td></tr>`;
  return `<tbody>${head}${lines.join('\n')}${rest}</tbody>`;
}

function rowHead(entry: DataClass | undefined): string {
  if (!entry) return '';
  const items = [...entry.fields, ...entry.identifiers, ...entry.messages];
  return `<details><summary>${encode(entry.description)}</summary>
<p><code>${encode(entry.name)}</code>, ${entry.handling}${entry.protective ? ', protective' : ''}: ${items.map((item) => `<code>${encode(item)}</code>`).join(', ')}</p></details>`;
}

function cell(bundle: Bundle, rows: readonly MatrixRow[]): string {
  const [first] = rows;
  if (!first) return '';
  if (first.grants.length === 0) {
    const key = first.reason === NOT_NEEDED ? 'DENY' : 'NO_AGREEMENT';
    return `<span title="${encode(first.reason)}">${symbol(key)}</span>`;
  }
  // Every field of a class fares alike: one says it for all.
  const given = rows
    .filter(({ field }) => field === first.field)
    .flatMap(({ partner, grants }) => grants.map((grant) => ({ ...grant, partner })));
  const references = [...new Set(given.map(({ agreement }) => agreement))];
  const necessity = references.map((reference) => {
    const agreement = bundle.agreements.find((candidate) => candidate.reference === reference);
    return `${reference}: ${agreement?.necessity ?? ''}`;
  });
  const lines = [...grantSentences(bundle, given), ...(first.why ? [`The role: ${first.why}`] : []), ...necessity];
  const notes = [
    ...(first.existence === 'hidden' ? ['hidden'] : []),
    ...(given.some(({ emergency }) => emergency) ? ['break-glass'] : []),
  ];
  return `<details><summary>${symbol(first.effect)}${notes.map((note) => ` <small>${note}</small>`).join('')}</summary>
<ul>${lines.map((line) => `<li>${encode(line)}</li>`).join('')}</ul></details>`;
}

function symbol(key: keyof typeof SYMBOLS): string {
  const [sign, words] = SYMBOLS[key];
  return `<span class="sign ${key}" aria-hidden="true">${sign}</span> <span class="words">${words}</span>`;
}

function title(section: string): string {
  return section.charAt(0).toUpperCase() + section.slice(1);
}

function encode(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
