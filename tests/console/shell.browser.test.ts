import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAGES } from '../../src/console/pages.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { axe, type ConsoleWindow, HAS_BROWSER, openConsole } from './browser.ts';

/** Pages that need nothing chosen first, and are pages: not files. */
const PATHS = PAGES.flatMap(({ path, get }) =>
  get && !/:|^\/entry$|^\/proof\/(checkpoint|key)$/.test(path) ? [path] : [],
);

describe.skipIf(!HAS_BROWSER)('in a real browser (Chromium for Linux on x64)', () => {
  let stack: Stack;
  let window: ConsoleWindow;

  beforeAll(async () => {
    stack = await startStack();
    window = await openConsole(stack);
  });

  afterAll(async () => {
    await window?.close();
    await stack?.close();
  });

  test.each(['/visit', ...PATHS])('%s is accessible, fits a phone, and leaves no error', async (path) => {
    const { page, problems } = window;
    await window.open(path);
    expect(await axe(page)).toEqual([]);
    expect(await page.locator('h1').count()).toBe(1);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(problems()).toEqual([]);
  });

  test('without JavaScript and by keyboard alone, somebody signs in, says what for, and signs out', async () => {
    const { page, problems, close } = await openConsole(stack, { javaScript: false, use: 'SECURITY' });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to main content');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#main-content');
    await page.locator('button:text("Sign out")').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/session/end**');
    await page.locator('button:text("Sign out")').click();
    await page.waitForURL('**/console/signed-out**');
    expect(await page.locator('h1').textContent()).toBe('You have signed out');
    expect(problems()).toEqual([]);
    await close();
  });
});
