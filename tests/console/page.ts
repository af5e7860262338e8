/** A page as somebody reads it. It takes what our own templates write, not any HTML. */
export interface Page {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly html: string;
  readonly title: string;
  /** What stands in `main`, white space as one space. */
  readonly text: string;
  /** The CSRF token of the first form; null where there is none. */
  readonly csrf: string | null;
  /** The rows of the table with that caption: column heading to what stands there. Null where there is no such table. */
  rows(caption: string): Record<string, string>[] | null;
  /** Where the first link with that text goes; null where there is none. */
  link(text: string): string | null;
  /** Name to value of what the form that is sent there is filled with; null where there is no such form. */
  form(action: string): Record<string, string> | null;
  /** Problems of the error summary. */
  readonly problems: readonly string[];
}

export async function readPage(url: string, response: Response): Promise<Page> {
  const html = await response.text();
  const main = inside(html, 'main')[0] ?? html;
  return {
    status: response.status,
    url,
    headers: response.headers,
    html,
    title: plain(inside(html, 'title')[0] ?? ''),
    text: plain(main),
    csrf: /name="_csrf" value="([^"]*)"/.exec(html)?.[1] ?? null,
    rows(caption) {
      const table = inside(html, 'table').find((each) => plain(inside(each, 'caption')[0] ?? '') === caption);
      if (table === undefined) return null;
      const [head = '', ...rows] = inside(table, 'tr');
      const columns = cells(head);
      return rows.map((row) => Object.fromEntries(cells(row).map((cell, n) => [columns[n] ?? String(n), cell])));
    },
    link(text) {
      const found = [...html.matchAll(/<a\b([^>]*)>(.*?)<\/a>/gs)].find(
        ([, , content = '']) => plain(content) === text,
      );
      return found ? attribute(found[1] ?? '', 'href') : null;
    },
    form(action) {
      const found = [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].find(
        ([, attributes = '']) => attribute(attributes, 'action') === action,
      );
      return found ? Object.fromEntries(fields(found[2] ?? '')) : null;
    },
    problems: inside(inside(html, 'ul', /govuk-error-summary__list/)[0] ?? '', 'li').map(plain),
  };
}

function fields(form: string): [string, string][] {
  const inputs = [...form.matchAll(/<input\b([^>]*)>/g)].flatMap(([, attributes = '']): [string, string][] => {
    const type = attribute(attributes, 'type');
    const isChoice = type === 'radio' || type === 'checkbox';
    if (isChoice && !/\schecked\b/.test(attributes)) return [];
    return [[attribute(attributes, 'name') ?? '', attribute(attributes, 'value') ?? '']];
  });
  const areas = [...form.matchAll(/<textarea\b([^>]*)>(.*?)<\/textarea>/gs)].map(
    ([, attributes = '', content = '']): [string, string] => [attribute(attributes, 'name') ?? '', decode(content)],
  );
  const selects = [...form.matchAll(/<select\b([^>]*)>(.*?)<\/select>/gs)].map(
    ([, attributes = '', content = '']): [string, string] => {
      const options = [...content.matchAll(/<option\b([^>]*)>/g)].map(([, option = '']) => option);
      const chosen = options.find((option) => /\sselected\b/.test(option)) ?? options[0] ?? '';
      return [attribute(attributes, 'name') ?? '', attribute(chosen, 'value') ?? ''];
    },
  );
  return [...inputs, ...areas, ...selects].filter(([name]) => name !== '');
}

function cells(row: string): string[] {
  return [...row.matchAll(/<t[hd]\b[^>]*>(.*?)<\/t[hd]>/gs)].map(([, content = '']) => plain(content));
}

/** What stands inside each element of the name; of an element in one of the same name, to the end of the inner one. */
function inside(html: string, name: string, having = /^/): string[] {
  return [...html.matchAll(new RegExp(`<${name}\\b([^>]*)>(.*?)</${name}>`, 'gs'))]
    .filter(([, attributes = '']) => having.test(attributes))
    .map(([, , content = '']) => content);
}

function attribute(attributes: string, name: string): string | null {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1];
  return found === undefined ? null : decode(found);
}

function plain(html: string): string {
  return decode(html.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function decode(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };
  return text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) =>
    name === undefined
      ? String.fromCodePoint(Number.parseInt(decimal ?? hex, decimal ? 10 : 16))
      : (named[name] ?? whole),
  );
}
