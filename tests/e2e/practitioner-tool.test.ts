import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readRecord } from '../../src/gateway/read-record.ts';
import { addDays } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { openTool, runTool, type ToolWindow } from './tool-window.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FORCE = 'police-public-protection';
const PROVIDER = 'accommodation-provider';
const ARRIVAL = `${addDays(population().anchor, 20)}T15:00Z`;

describe('two windows on one gateway', () => {
  let stack: Stack;
  let practitioner: ToolWindow;
  const windows: ToolWindow[] = [];

  async function open(persona: string, ...argv: string[]): Promise<ToolWindow> {
    const window = await openTool(`${stack.url}/graphql`, await stack.token(persona), '--role', persona, ...argv);
    windows.push(window);
    return window;
  }

  beforeAll(async () => {
    stack = await startStack();
    practitioner = await open('probation-practitioner');
  });

  afterAll(async () => {
    expect(await Promise.all(windows.map((window) => window.quit()))).toEqual(windows.map(() => 0));
    await stack?.close();
  });

  test('the releases stand there at once, worst first, and every fact says how old it is', () => {
    const [title, , ...rows] = practitioner.opened.trim().split('\n');
    expect(title).toMatch(/^Releases from .* worst first: \d+$/);
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) expect(row).toMatch(/\(.* old\).*(\(.* old\)|nothing missing|looked at)$/);
    const red = rows.map((row) => Number(/(\d+) red/.exec(row)?.[1]) > 0);
    expect(red).toEqual(red.toSorted((a, b) => Number(b) - Number(a)));
  });

  test('from a gap to the telephone number is one action', async () => {
    const person = await practitioner.say('1');
    expect(person).toMatch(/^RED .*\n {6}ring 01632 960\d{3}, /m);
    expect(person).toMatch(/-- from a gap to the telephone number: 1 action$/m);
  });

  test('every check that is missing is asked in two, a desk answers in a second window, and it comes back', async () => {
    const proposed = await practitioner.say('ask');
    expect(proposed).toMatch(/^Every check that is missing, people: \d+$/m);
    const asked = await practitioner.say('yes');
    expect(asked).toContain('domestic abuse: ');
    expect(asked).toContain('childrens services: ');
    expect(asked).toMatch(/-- all checks asked(, \d+ still to see to)?: 2 actions$/m);
    expect(await practitioner.say('ask')).toContain('has their checks asked');

    const desk = await open(FORCE);
    const before = waiting(desk.opened);
    expect(await desk.say('nil PNC')).toContain('Open a request first');
    const question = await desk.say('1');
    const name = /person {4}(.+), born \d{4}/.exec(question)?.[1] ?? '';
    expect(question).toContain('What do you hold about domestic abuse');
    expect(await desk.say('nil NOTHING')).toContain('"searched[0].system" needs one of PNC, PND');
    expect(await desk.say('nil PNC,CALL_OUTS')).toContain('Answered: nil.');
    expect(waiting(await desk.say('list'))).toBe(before - 1);

    expect(await heard(practitioner, `check returned  ${name}`)).toMatch(
      new RegExp(`${name}.*northmere-police.*NIL RETURN searched PNC confirmed, CALL_OUTS confirmed`),
    );
  });

  test('a referral pack is sent in three, and its refusal comes back', async () => {
    await practitioner.say('1');
    expect(await practitioner.say('refer harbour-homes')).toContain('refer needs a provider');
    const name = /^(.+?) \(/.exec(await practitioner.say('1'))?.[1] ?? '';
    expect(await practitioner.say(`refer harbour-homes ${ARRIVAL} KEY_WORKER`)).toContain(name);
    expect(await practitioner.say('yes')).toMatch(/-- referral pack sent: 3 actions$/m);

    const provider = await open(PROVIDER, '--partner', 'harbour-homes');
    expect(provider.opened).toContain(name);
    expect(await provider.say('1')).toMatch(/ {2}the place .* old\)\n {2}staff .* old\)/);
    expect(await provider.say('refuse NO_BED Every room is taken until spring.')).toContain('Refused.');
    await heard(practitioner, `bed refused  ${name}`);
  });

  test('what is not understood changes nothing, and says what would be right', async () => {
    await practitioner.say('list');
    expect(await practitioner.say('yes')).toContain('There is nothing to say yes to.');
    expect(await practitioner.say('refer harbour-homes 2026-12-14T15:00Z ESCORT')).toContain('Open somebody first');
    expect(await practitioner.say('99')).toMatch(/^Give a number from 1 to \d+\.$/m);
    expect(await practitioner.say('frobnicate')).toContain('There is no "frobnicate". "help" tells what there is.');
    expect(await practitioner.say('help')).toContain('refer PROVIDER WHEN HOW');
  });
});

describe('the tool', () => {
  test('tells its options, and what is wrong with those that it was given', async () => {
    const runs = await Promise.all([
      runTool(['--help']),
      runTool(['--role', 'nobody']),
      runTool(['--frobnicate']),
      runTool(['--gateway', 'http://127.0.0.1:1/graphql'], 'a token'),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([0, 1, 1, 1]);
    const [help, role, option, gateway] = runs;
    expect(help?.out).toContain('Exit codes:');
    expect(role?.err).toContain('--role is one of: probation-practitioner, ');
    expect(option?.err).toContain('See --help.');
    expect(gateway?.err).toBe(
      'There is no gateway at http://127.0.0.1:1/graphql. Is it running? Another is named with --gateway.\n',
    );
  });

  test('knows the schema as it is: `npm run codegen` would change nothing', async () => {
    const { publicSdl } = await readRecord(join(ROOT, 'schema'));
    const config = parse(readFileSync(join(ROOT, 'examples', 'practitioner-tool', 'codegen.yaml'), 'utf8'));
    const files = await generate({ ...config, cwd: ROOT, schema: publicSdl, silent: true }, false);
    expect(files).toHaveLength(2);
    for (const { filename, content } of files) expect(readFileSync(join(ROOT, filename), 'utf8')).toBe(content);
  });
});

function waiting(screen: string): number {
  return Number(/^Checks that wait for an answer.*: (\d+)$/m.exec(screen)?.[1]);
}

/** What the window shows once something was told of; what else happened meanwhile is passed over. */
async function heard(window: ToolWindow, news: string): Promise<string> {
  for (let looks = 0; looks < 10; looks++) {
    const screen = await window.say('wait 5');
    if (screen.replaceAll(/ {2,}/g, '  ').includes(news)) return screen;
  }
  throw new Error(`It was never told: ${news}`);
}
