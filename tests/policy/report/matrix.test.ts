import { describe, expect, test } from 'vitest';
import { toCsv } from '../../../src/policy/report/csv.ts';
import { toHtml } from '../../../src/policy/report/html.ts';
import { type MatrixRow, matrix } from '../../../src/policy/report/matrix.ts';
import { territoryOf } from '../../../src/policy/territory.ts';
import { compileView } from '../../../src/policy/view.ts';
import { agreement, change, get, real, small } from './small.ts';

const DAY = '2026-11-22';
const rows = matrix(real, DAY);

describe('the matrix', () => {
  test('has a row for every classed field of every role, purpose and partner', () => {
    const views = new Set(rows.map(({ role, purpose, partner }) => `${role} ${purpose} ${partner}`));
    const fields = new Set(rows.map(({ field, class: name }) => `${field} ${name}`));
    expect(rows).toHaveLength(views.size * fields.size);
    expect([...real.bundle.classOf.keys()].filter((field) => !rows.some((row) => row.field === field))).toEqual([]);
    expect([...real.bundle.classes.keys()].filter((name) => !rows.some((row) => row.class === name))).toEqual([]);
  });

  test.each([DAY, '2020-01-01', '2029-06-01'])(
    'says of every section what the gateway would decide by, on %s',
    (day) => {
      const territory = territoryOf(real);
      const sections = new Set(real.record.sections.map(({ field }) => field));
      const wrong = matrix(real, day)
        .filter(({ section }) => sections.has(section))
        .filter(({ role, purpose, partner, section, field, effect }) => {
          const holders = [...(compiled(role, purpose, partner, day)?.sections.get(section)?.holders.values() ?? [])];
          const unconditional = holders.some((holder) => holder.unconditional.has(field));
          const any = holders.some((holder) => holder.fields.has(field));
          return effect !== (unconditional ? 'SHOW' : any ? 'NEEDS_PERMISSION' : 'DENY');
        });
      expect(wrong).toEqual([]);

      function compiled(role: string, purpose: string, partner: string, on: string) {
        const key = `${role} ${purpose} ${partner} ${on}`;
        if (!views.has(key)) views.set(key, compileView(real.bundle, territory, { role, purpose, partner, day: on }));
        return views.get(key);
      }
    },
  );
  const views = new Map<string, ReturnType<typeof compileView> | undefined>();

  test('gives a reason for every cell', () => {
    expect(rows.filter(({ reason }) => !/^[A-Z].*\.$/.test(reason))).toEqual([]);
  });

  test('tells the need without an agreement from no need', () => {
    const after = change(small, (bundle) => {
      bundle.agreements = bundle.agreements.filter(({ reference }) => reference !== 'PRI-DWP-01');
    });
    const release = matrix(after, DAY).filter(
      ({ role, field }) => role === 'work-coach' && field === 'Custody.releaseDate',
    );
    expect(release).toMatchObject([{ effect: 'DENY', reason: expect.stringContaining('no agreement in force') }]);
  });
});

describe('the matrix as CSV', () => {
  const csv = toCsv(real.bundle, rows);

  test('has its columns, CRLF, and as many cells in every line', () => {
    const [head = '', ...lines] = csv.split('\r\n');
    expect(head).toMatch(/^role,purpose,partner,field,class,effect,reason,/);
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(rows.length);
    expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('never lets a spreadsheet run %j', (text) => {
    const [row] = rows as [MatrixRow];
    const line = toCsv(real.bundle, [{ ...row, why: text }])
      .split('\r\n')
      .slice(1)
      .join('\r\n');
    expect(line).toContain(`'${text}`);
  });

  test('quotes what would break a line', () => {
    const [row] = rows as [MatrixRow];
    expect(toCsv(real.bundle, [{ ...row, why: 'a, "b"\nc' }])).toContain(',"a, ""b""\nc",');
  });
});

describe('the matrix as HTML', () => {
  const html = toHtml(real.bundle, rows, DAY);

  test('asks for nothing and runs nothing', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|url\(|@import|\bon\w+=/i);
    expect([...html.matchAll(/href="([^"]*)"/g)].filter(([, target = '']) => !target.startsWith('#'))).toEqual([]);
    expect(html).toContain("default-src 'none'");
  });

  test('has a captioned table with scoped headers for each role that sees something', () => {
    expect(html.match(/<table>/g)?.length).toBe(html.match(/<caption>/g)?.length);
    expect(html).not.toMatch(/<th(?![^>]*scope=)[ >]/);
    for (const { name, title } of real.bundle.roles.values()) {
      expect(html).toContain(`<h2 id="${name}">${title.replaceAll("'", '&#39;')}</h2>`);
      expect(html).toContain(`href="#${name}"`);
    }
  });

  test('escapes what the files say', () => {
    const after = change(small, (bundle) => {
      get(bundle.roles, 'work-coach').title = '<b onclick="x">Coach</b>';
      agreement(bundle, 'PRI-DWP-01').necessity = '<script>alert(1)</script>';
    });
    const page = toHtml(after.bundle, matrix(after, DAY), DAY);
    expect(page).not.toMatch(/<b |<script/);
    expect(page).toContain('&lt;script&gt;alert(1)');
  });

  test('says why each shown cell is shown', () => {
    expect(html).toContain('From HM Prison Service under PRI-DWP-01');
    expect(html.match(/class="sign SHOW"/g)?.length).toBeGreaterThan(100);
  });
});
