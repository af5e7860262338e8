import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kindsOf, USUAL_KINDS } from '../../src/console/pages/person/kinds.ts';
import type { KnownAnswers, Row } from '../../src/demo/activity/answers.ts';
import { buildBundle } from '../../src/policy/load/load.ts';
import { londonDay, londonTime } from '../../src/record/london.ts';
import { record, texts } from '../policy/load/real.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { seedYear } from '../stack/year.ts';
import { axe, type ConsoleWindow, HAS_BROWSER, openConsole, type WindowOptions } from './browser.ts';

/** Account and its button, use and its button: what openConsole() does. */
const SIGN_IN_ACTIONS = 4;
/** Clicks and fields, signing in among them: five seconds for each is a minute. */
const MOST_ACTIONS = 12;

/** Somebody at a browser, each of whose clicks and fields is counted. */
interface Hand {
  readonly page: ConsoleWindow['page'];
  /** Begins a question: signing in is counted as if it were done for each. */
  begin(navigation: string): Promise<void>;
  press(button: string): Promise<void>;
  follow(link: string | RegExp): Promise<void>;
  open(summary: string): Promise<void>;
  /** By the field's id. */
  type(field: string, text: string): Promise<void>;
  choose(field: string, value: string): Promise<void>;
  tick(name: string): Promise<void>;
  actions(): number;
  /** Entries that the page leads to, from its top to its end. */
  entries(): Promise<string[]>;
  text(): Promise<string>;
}

function handOf({ page }: ConsoleWindow): Hand {
  let actions = 0;
  const acting = async (act: Promise<unknown>) => {
    actions += 1;
    await act;
  };
  const main = page.locator('main');
  return {
    page,
    begin: (navigation) => {
      actions = SIGN_IN_ACTIONS;
      return acting(page.getByRole('navigation').getByRole('link', { name: navigation, exact: true }).click());
    },
    press: (name) => acting(main.getByRole('button', { name, exact: true }).click()),
    follow: (name) => acting(main.getByRole('link', { name }).click()),
    open: (summary) => acting(main.getByText(summary, { exact: true }).click()),
    type: (field, text) => acting(main.locator(`#${field}`).fill(text)),
    choose: (field, value) => acting(main.locator(`#${field}`).selectOption(value)),
    tick: (name) => acting(main.getByLabel(name, { exact: true }).check()),
    actions: () => actions,
    entries: async () => {
      const links = await main
        .locator('a[href^="/console/entry/"]')
        .evaluateAll((all) => all.map((each) => each.getAttribute('href')));
      return links.map((href) => href?.slice('/console/entry/'.length) ?? '');
    },
    text: async () => (await main.innerText()).replaceAll(/\s+/g, ' '),
  };
}

/** What a page is besides what was asked and what is new in each. */
async function contentWithout({ page }: Hand, asked: string): Promise<string> {
  const html = await page.content();
  return html
    .replaceAll(asked, '')
    .replaceAll(page.url().split('/').at(-1) ?? '', '')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '');
}

const slashed = (day: string) => day.split('-').reverse().map(Number).join('/');
const dayOf = (at: Date) => slashed(londonDay(at));
const newestFirst = (rows: readonly Row[]) => rows.toSorted((one, other) => other.at.getTime() - one.at.getTime());
const ids = (rows: readonly Row[]) => rows.map(({ entry }) => entry);

describe.skipIf(!HAS_BROWSER)('on a seeded year, in a real browser without JavaScript', () => {
  let stack: Stack;
  let answers: KnownAnswers;
  const windows: ConsoleWindow[] = [];
  let lead: Hand;
  let probation: Hand;
  let prison: Hand;
  let housing: Hand;
  let stranger: Hand;

  beforeAll(async () => {
    stack = await startStack();
    answers = (await seedYear(stack, 1_500)).answers();
    await stack.digest();
    const open = async (options: WindowOptions) => {
      const window = await openConsole(stack, { javaScript: false, ...options });
      windows.push(window);
      return handOf(window);
    };
    lead = await open({ persona: 'ig-lead' });
    probation = await open({ width: 375 });
    prison = await open({ width: 320, partner: 'hmpps-prisons' });
    housing = await open({ partner: 'southdale-housing' });
    // It holds nothing of anybody.
    stranger = await open({ partner: 'lantern-housing' });
  }, 120_000);

  afterAll(async () => {
    for (const window of windows) await window.close();
    await stack?.close();
  });

  const numberAt = (holder: string) => answers.person.numbers.find((number) => number.holder === holder)?.value ?? '';
  const askPerson = async (hand: Hand, type: string | null, value: string) => {
    await hand.begin('Person');
    if (type !== null) await hand.choose('type', type);
    await hand.type('value', value);
    await hand.type('from', slashed(answers.person.from));
    await hand.type('to', slashed(answers.person.to));
    await hand.press('Show who looked');
  };
  const askMoment = async (hand: Hand) => {
    const minute = `${dayOf(answers.entry.at)} ${londonTime(answers.entry.at)}`;
    await hand.begin('Access log');
    await hand.open('Choose days, practitioner and other filters');
    await hand.type('from', minute);
    await hand.type('to', minute);
    await hand.type('practitioner', 'PRO-0001');
    await hand.press('Search');
  };
  const askIncident = async (hand: Hand, isElsewhere: boolean, account = answers.incident.practitioner) => {
    const { partner, from, to } = answers.incident;
    await hand.begin('Incident');
    await hand.type('account', account);
    if (isElsewhere) await hand.choose('partner', partner);
    await hand.type('day', dayOf(from));
    await hand.type('from', londonTime(from));
    await hand.type('to', londonTime(new Date(to.getTime() - 1)));
    await hand.press('Show whose information it was');
  };
  const askPractitioner = async (hand: Hand, isElsewhere: boolean) => {
    await hand.begin('Practitioner');
    await hand.type('practitioner', answers.practitioner.practitioner);
    if (isElsewhere) await hand.choose('partner', answers.practitioner.partner);
    await hand.press('Show what they looked at');
  };

  test('1 Person: who saw or tried, by a former number, those without a reason first', async () => {
    const classes = new Set(
      kindsOf(buildBundle(texts, record)).flatMap((kind) => (USUAL_KINDS.includes(kind.code) ? kind.classes : [])),
    );
    const known = newestFirst(
      answers.person.rows.filter(({ shown, classes: theirs }) => !shown || theirs.some((name) => classes.has(name))),
    );
    const expected = [...known.filter(({ explained }) => !explained), ...known.filter(({ explained }) => explained)];
    const former = answers.person.numbers.at(-1);
    await askPerson(lead, former?.type ?? '', former?.value ?? '');
    expect(await lead.entries()).toEqual(ids(expected));
    expect(lead.actions()).toBeLessThanOrEqual(MOST_ACTIONS);
    expect(lead.page.url()).not.toContain(former?.value);
  });

  test('2 Entry: why each field was shown or not at 14:07, on a phone', async () => {
    await askMoment(probation);
    // Beside it stands the entry of the request itself.
    expect(await probation.entries()).toContain(answers.entry.entry);
    await probation.follow(/^Why ?: Information shown/);
    expect(probation.page.url()).toBe(`${stack.url}/console/entry/${answers.entry.entry}`);
    expect(probation.actions()).toBeLessThanOrEqual(MOST_ACTIONS);
    const fields = await probation.page
      .locator('[data-field]')
      .evaluateAll((all) => all.map((each) => each.getAttribute('data-field')));
    const known = answers.entry.shown.map((field) => field.slice(field.indexOf('|') + 1));
    expect(fields.toSorted()).toEqual(expect.arrayContaining(known.toSorted()));
    expect(await probation.text()).toContain(`was shown ${known.length} fields`);
    expect(await probation.text()).toContain('Checked just now: the entry is in the log');
  });

  test('3 Incident: whose information, which kinds and whom to tell, on the smallest phone', async () => {
    await askIncident(prison, false);
    expect(prison.actions()).toBeLessThanOrEqual(MOST_ACTIONS);
    const { people, controllers } = answers.incident;
    const text = await prison.text();
    expect(text).toContain(`information about ${people.length} people, held by ${controllers.length} controllers.`);
    for (const name of people) expect(text).toContain(name);
    const save = prison.page.getByRole('button', { name: /^Save the list for Probation Service/ });
    const [file] = await Promise.all([prison.page.waitForEvent('download'), save.press('Enter')]);
    expect(file.suggestedFilename()).toMatch(/^incident-probation-service-.*\.csv$/);
  });

  test('4 Break-glass: what waits, overdue first, what may be closed, and closing it by keyboard alone', async () => {
    const { overdue, due, ownLine } = answers.breakGlass;
    await probation.begin('Break-glass');
    expect(probation.actions()).toBeLessThanOrEqual(MOST_ACTIONS);
    const { page } = probation;
    const links = page.locator('main th a[href^="/console/break-glass/"]');
    const found = await links.evaluateAll((all) => all.map((each) => each.getAttribute('href')?.split('/').at(-1)));
    expect(found[0]).toBe(overdue);
    expect(found.toSorted()).toEqual([overdue, due, ownLine].toSorted());
    expect(await page.locator('main tr', { has: page.locator(`a[href$="${ownLine}"]`) }).innerText()).toContain('No: ');

    const tabTo = async (selector: string) => {
      for (let presses = 0; presses < 60; presses += 1) {
        if (await page.locator(`${selector}:focus`).count()) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the keyboard does not reach ${selector}`);
    };
    await tabTo(`a[href$="${overdue}"]`);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/${overdue}`);
    await tabTo('#outcome');
    expect(await page.locator('#outcome:focus-visible').count()).toBe(1);
    await page.keyboard.press('Space');
    await tabTo('#text');
    await page.keyboard.type('The desk confirmed the call that day.');
    await tabTo('main button.govuk-button');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/break-glass?done=closed');
    expect(await probation.text()).toContain('The review is closed.');
    expect(await links.count()).toBe(2);
  });

  test('5 Practitioner: what they looked at in 30 days, with what nothing explains', async () => {
    await askPractitioner(probation, false);
    expect(probation.actions()).toBeLessThanOrEqual(MOST_ACTIONS);
    const { rows } = answers.practitioner;
    expect((await probation.entries()).toSorted()).toEqual(ids(rows).toSorted());
    const unexplained = rows.filter(({ shown, explained }) => shown && !explained);
    const table = probation.page.locator('table', {
      has: probation.page.locator('caption:text-is("No open reason that day")'),
    });
    expect(await table.locator('tbody tr').count()).toBe(unexplained.length);
  });

  test('6 Agreements: what ends, and what passed under each in the last 30 days', async () => {
    await lead.begin('Agreements and policy');
    await lead.follow('365 days');
    expect(lead.actions()).toBeLessThanOrEqual(MOST_ACTIONS);
    const rows = await lead.page
      .locator('main tbody tr')
      .evaluateAll((all) =>
        all.map(
          (row) =>
            [
              row.querySelector('th')?.textContent?.trim() ?? '',
              Number(
                /(\d[\d,]*) access/.exec(row.querySelector('summary')?.textContent ?? '')?.[1]?.replace(',', '') ?? 0,
              ),
            ] as const,
        ),
      );
    expect(rows.length).toBeGreaterThan(0);
    for (const [reference, count] of rows)
      expect([reference, count]).toEqual([reference, answers.agreements.get(reference) ?? 0]);
  });

  test('7 Correction: who received the wrong person’s information', async () => {
    const { joined } = answers;
    const [{ number } = { number: '' }] = await stack.sql<{ number: string }>(
      `select value as number from record.link where person = $1 and holder = 'probation-service' limit 1`,
      [joined.person],
    );
    expect(number).not.toBe('');
    await lead.begin('Correction');
    await lead.choose('type', 'CRN');
    await lead.type('value', number);
    await lead.tick('Northmere Police');
    await lead.type('from', dayOf(joined.from));
    await lead.type('to', dayOf(new Date(joined.to.getTime() - 1)));
    await lead.press('Show who received it');
    expect(lead.actions()).toBeLessThanOrEqual(MOST_ACTIONS);
    expect(await lead.entries()).toEqual(ids(newestFirst(joined.recipients)));
  });

  test('8 Believe it: the log is verified now, and the command that needs nobody here is shown', async () => {
    const { page } = lead;
    await lead.begin('Believe it');
    expect(await lead.text()).toContain('npx throughgate audit verify --bundle bundle');
    await lead.press('Verify now');
    expect(lead.actions()).toBeLessThanOrEqual(MOST_ACTIONS);
    await expect
      .poll(() => page.reload().then(() => lead.text()), { timeout: 15_000, interval: 200 })
      .toContain('Nobody has altered the log');
  });

  test('another partner’s officer finds none of it, and cannot tell who is known to others', async () => {
    await askMoment(stranger);
    expect(await stranger.text()).toContain('No entries');
    await stranger.page.goto(`${stack.url}/console/entry/${answers.entry.entry}`);
    expect(await stranger.text()).toContain('There is no entry of that id that you may read');
    expect(windows.at(-1)?.problems()).toEqual([expect.stringContaining('404 (Not Found)')]);
    const pages: string[] = [];
    for (const account of [answers.incident.practitioner, 'PRI-9999']) {
      await askIncident(stranger, true, account);
      expect(await stranger.text()).toContain('shown nobody’s information that you may know of');
      pages.push(await contentWithout(stranger, account));
    }
    expect(pages[1]).toBe(pages[0]);
    await stranger.begin('Break-glass');
    expect(await stranger.text()).toContain('No break-glass waits for a review.');
    await askPractitioner(stranger, false);
    expect(await stranger.text()).toContain('No access was found that you may read.');
    await stranger.begin('Agreements and policy');
    await stranger.follow('365 days');
    expect(answers.agreements.get('PRI-PRB-01')).toBeGreaterThan(0);
    const row = stranger.page.locator('main tr', { has: stranger.page.locator('th:text-is("PRI-PRB-01")') });
    expect(await row.innerText()).toContain('Nothing that you may read');
    for (const page of ['Person', 'Correction']) {
      await stranger.begin(page);
      expect(await stranger.text()).toContain('Your partner has no number of its own');
    }
    expect(await stranger.entries()).toEqual([]);
  });

  test('SHARE-04 somebody whom others looked at and nobody are one page to another partner’s officer', async () => {
    const pages: string[] = [];
    for (const value of [numberAt('southdale-housing'), 'HA-9999999']) {
      await askPerson(housing, null, value);
      expect(await housing.text()).toContain('Nothing was found that you may read.');
      pages.push(await contentWithout(housing, value));
    }
    expect(pages[1]).toBe(pages[0]);
  });

  test('no page of them left an error, asked anything elsewhere, or was wider than its window', async () => {
    for (const window of windows) {
      expect(window.problems()).toEqual([]);
      const width = await window.page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBe(window.page.viewportSize()?.width);
    }
  });

  test('pages about one thing, full of results, are accessible and fit the smallest phone', async () => {
    const window = await openConsole(stack, { width: 320 });
    const { incident, practitioner, breakGlass, entry } = answers;
    const asked = new URLSearchParams({
      ...{ account: incident.practitioner, partner: incident.partner, day: dayOf(incident.from) },
      ...{ from: londonTime(incident.from), to: londonTime(incident.to) },
    });
    await askPerson(handOf(window), null, numberAt('probation-service'));
    expect(await axe(window.page)).toEqual([]);
    expect(await window.page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    for (const path of [
      `/entry/${entry.entry}`,
      `/incident?${asked}`,
      `/practitioner?practitioner=${practitioner.practitioner}`,
      `/break-glass/${breakGlass.due}`,
      '/policy?days=365',
      '/log?practitioner=PRO-0001',
      '/flags',
    ]) {
      await window.open(path);
      expect([path, await axe(window.page)]).toEqual([path, []]);
      expect([path, await window.page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320]);
    }
    const flag = await window.page.locator('main tbody th a').first().getAttribute('href');
    await window.open((flag ?? '').replace('/console', ''));
    expect(await axe(window.page)).toEqual([]);
    expect(await window.page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(window.problems()).toEqual([]);
    await window.close();
  });
});
