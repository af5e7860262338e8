import type { Day } from '../../record/facts.ts';
import type { Bundle, DataClass } from '../bundle.ts';
import type { MatrixRow } from './matrix.ts';
import { type Mark, type RoleTable, roleTable, SIGN_WORDS } from './role-table.ts';
import { STYLE } from './style.ts';
import { inSentence, list } from './words.ts';

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
${roles.map((role) => roleSection(roleTable(bundle, rows, role))).join('\n')}
</main>
</body>
</html>
`;
}

const SIGNS: Readonly<Record<Mark['sign'], string>> = {
  SHOW: '●',
  NEEDS_PERMISSION: '◐',
  NO_AGREEMENT: '○',
  DENY: '–',
};

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

function roleSection({ role, places, purposes, columns, sections }: RoleTable): string {
  const id = encode(role.name);
  const facts = `<p>At ${encode(places)}. Owner: ${encode(role.owner)}. Review by ${role.review}.
Looks people up by ${encode(list(role.lookups)) || 'nothing'}; at most ${role.peoplePerDay} people a day.</p>`;
  if (columns.length === 0) {
    return `<section aria-labelledby="${id}"><h2 id="${id}">${encode(role.title)}</h2>
${facts}<p>Sees no part of anybody's record. Purposes: ${encode(purposes)}.</p></section>`;
  }
  return `<section aria-labelledby="${id}"><h2 id="${id}">${encode(role.title)}</h2>
${facts}
<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0">
<table>
<caption>What the role ${encode(role.title)} sees, by class of data and purpose</caption>
<thead><tr><th scope="col">Class of data</th>
${columns.map((column) => `<th scope="col">${columnHead(column)}</th>`).join('\n')}
</tr></thead>
${sections.map((section) => sectionBody(section, columns.length)).join('\n')}
</table>
</div>
</section>`;
}

function columnHead({ purpose, label, where }: RoleTable['columns'][number]): string {
  const place = where === null ? '' : `<br><small>${encode(where)}</small>`;
  return `${encode(label)}<br><small><code>${encode(purpose)}</code></small>${place}`;
}

function sectionBody({ title, lines, unseen }: RoleTable['sections'][number], columns: number): string {
  const head = `<tr class="section"><th scope="rowgroup" colspan="${columns + 1}">${encode(title)}</th></tr>`;
  const seen = lines.map(({ dataClass, marks }) => {
    const cells = marks.map((mark) => `<td>${mark ? cell(mark) : ''}</td>`).join('');
    return `<tr><th scope="row">${rowHead(dataClass)}</th>${cells}</tr>`;
  });
  const rest =
    unseen.length === 0
      ? ''
      : `<tr class="never"><th scope="row">${seen.length > 0 ? 'Nothing else' : 'Nothing'}</th><td colspan="${columns}">
<details><summary>${symbol('DENY')} for every purpose: ${unseen.length} ${unseen.length === 1 ? 'class' : 'classes'}</summary>
<p>${unseen.map(({ name, description }) => encode(`${inSentence(description)} (${name})`)).join('; ')}.</p></details></td></tr>`;
  return `<tbody>${head}${seen.join('\n')}${rest}</tbody>`;
}

function rowHead(entry: DataClass): string {
  const items = [...entry.fields, ...entry.identifiers, ...entry.messages];
  return `<details><summary>${encode(entry.description)}</summary>
<p><code>${encode(entry.name)}</code>, ${entry.handling}${entry.protective ? ', protective' : ''}: ${items.map((item) => `<code>${encode(item)}</code>`).join(', ')}</p></details>`;
}

function cell({ sign, notes, reasons }: Mark): string {
  if (sign === 'DENY' || sign === 'NO_AGREEMENT') {
    return `<span title="${encode(reasons.join(' '))}">${symbol(sign)}</span>`;
  }
  return `<details><summary>${symbol(sign)}${notes.map((note) => ` <small>${note}</small>`).join('')}</summary>
<ul>${reasons.map((line) => `<li>${encode(line)}</li>`).join('')}</ul></details>`;
}

function symbol(sign: Mark['sign']): string {
  return `<span class="sign ${sign}" aria-hidden="true">${SIGNS[sign]}</span> <span class="words">${SIGN_WORDS[sign]}</span>`;
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
