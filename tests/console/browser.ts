import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { inject } from 'vitest';
import type { Stack } from '../stack/stack.ts';
import { browser } from './chromium.ts';
import type { OfficerOptions } from './officer.ts';

export { HAS_BROWSER } from './chromium.ts';

export interface WindowOptions extends OfficerOptions {
  /** In CSS pixels: 1280 by default; a small phone has 320. */
  readonly width?: number;
  /** True by default. */
  readonly javaScript?: boolean;
}

/** A window of a real browser in which an officer has signed in to the console. */
export interface ConsoleWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors on the browser's console, and requests to another origin than the console's, in words: those since last asked. */
  problems(): string[];
  /** @param path below `/console` */
  open(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a window and signs in, through the provider's own page, by keyboard. */
export async function openConsole(stack: Pick<Stack, 'url'>, options: WindowOptions = {}): Promise<ConsoleWindow> {
  const { width = 1280, javaScript = true, persona = 'ig-officer', use = 'LAWFULNESS' } = options;
  const isLead = persona === 'ig-lead';
  const partner = options.partner ?? (isLead ? 'throughgate-board' : 'probation-service');
  const practitioner = options.practitioner ?? (isLead ? 'IGL-0001' : 'IGO-0001');
  const { issuer } = inject('surroundings');
  const context = await (await browser()).newContext({
    viewport: { width, height: 900 },
    javaScriptEnabled: javaScript,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
  });
  const problems: string[] = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => void problems.push(`${page.url()}: ${error.message}`));
  context.on('request', (request) => {
    const { origin } = new URL(request.url());
    const isSignIn = origin === issuer && request.isNavigationRequest();
    if (origin !== stack.url && !isSignIn) problems.push(`request to ${origin}`);
  });
  page.setDefaultTimeout(10_000);

  await page.goto(`${stack.url}/console/sign-in`);
  await page.locator('select').selectOption(`${persona}:${partner}:${practitioner}`);
  await page.locator('select').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${stack.url}/console/visit**`);
  if (use !== null) {
    await page.locator(`input[value="${use}"]`).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname !== '/console/visit');
  }
  return {
    page,
    context,
    problems: () => problems.splice(0),
    open: async (path) => void (await page.goto(`${stack.url}/console${path}`)),
    close: () => context.close(),
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What `axe-core` finds against WCAG 2.2 AA and its own best practices: rule and element, one a line. */
export async function axe(page: Page): Promise<string[]> {
  // By the debugger: the page's own policy lets no script in.
  await page.evaluate(AXE);
  const results = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary?.split('\n')[1]?.trim() ?? ''}`),
  );
}
