import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSigner } from '../../src/audit/note.ts';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';
import { askAs, HOUSING, OFFICER } from '../contract/callers.ts';
import { type Subject, subjects } from '../contract/oracle/subject.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { throughgate } from './program.ts';

const subject = subjects(population(), 'allowed')[0] as Subject;
const crn = `CRN:${subject.identifiers['CRN']}`;
let stack: Stack;
let folder: string;
let vkey: string;
const path = (name: string) => join(folder, name);

beforeAll(async () => {
  stack = await startStack();
  folder = mkdtempSync(join(tmpdir(), 'throughgate-subject-'));
  vkey = parseSigner(stack.config.auditSigningKey).vkey;
  for (const practitioner of ['IGO-0001', 'IGO-0002']) {
    writeFileSync(path(practitioner), await stack.token('ig-officer', { partner: OFFICER.partner, practitioner }));
  }
  await askAs(stack, HOUSING, subject, 'identity { name }');
});

afterAll(async () => {
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});

const as = (practitioner: string) => ['--gateway', stack.url, '--token', path(practitioner)];

describe('audit subject', () => {
  test('prints the signed report, and checks it without asking anybody', async () => {
    const printed = await throughgate(['audit', 'subject', '--identifier', crn, ...as('IGO-0001')]);
    expect(printed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(printed.stdout).toContain('- Northmere Housing. To find you somewhere to live');
    writeFileSync(path('printed'), printed.stdout);
    const checked = await throughgate(['audit', 'subject', '--check', path('printed'), '--key', vkey]);
    expect(checked).toMatchObject({ exitCode: 0, stdout: printed.stdout.slice(0, printed.stdout.lastIndexOf('\n— ')) });
    writeFileSync(path('altered'), printed.stdout.replace('Once', '9 times'));
    const altered = await throughgate(['audit', 'subject', '--check', path('altered'), '--key', vkey]);
    expect(altered).toMatchObject({ exitCode: 4, stdout: '' });
  });

  test('writes it for the person, with the checkpoint beside it, and over no other', async () => {
    const argv = ['audit', 'subject', '--identifier', crn, '--out', path('report'), ...as('IGO-0001')];
    expect(await throughgate(argv)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readFileSync(path('report'), 'utf8')).toMatch(/^Throughgate subject report v1\n/);
    expect(readFileSync(path('report.checkpoint'), 'utf8')).toMatch(/^log\.example\n\d+\n/);
    const again = await throughgate(argv);
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is there already') });
    writeFileSync(path('half.checkpoint'), '');
    const half = await throughgate(argv.map((each) => (each === path('report') ? path('half') : each)));
    expect(half).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('half.checkpoint is there already') });
    expect(existsSync(path('half'))).toBe(false);
    const checkpoint = await throughgate(['audit', 'subject', '--check', path('report.checkpoint'), '--key', vkey]);
    expect(checkpoint.exitCode).toBe(4);
  });

  test('says all that is wrong, and what the gateway refuses', async () => {
    const days = await throughgate([
      ...['audit', 'subject', '--identifier', crn, '--from', 'May', '--to', '2026-02-30'],
      ...as('IGO-0001'),
    ]);
    expect(days).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/--from must be a day.*\n--to must be/) });
    const number = await throughgate(['audit', 'subject', '--identifier', 'NINO:QQ123456A', ...as('IGO-0001')]);
    expect(number).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.not.stringContaining('QQ123456A') });
  });
});

test('audit names: one asks, another agrees, both read, and nobody before that', async () => {
  const { ref } = createPseudonyms(stack.config.auditHmacKeys).ofPerson(subject.uuid);
  writeFileSync(path('wanted'), `${ref}\n\n${'A'.repeat(43)}\n`);
  const names = (...argv: string[]) => throughgate(['audit', 'names', ...argv]);

  const ask = await names('--ask', path('wanted'), '--reason', 'BREACH', '--json', ...as('IGO-0001'));
  expect(ask).toMatchObject({ exitCode: 0, stderr: '' });
  const { reference } = JSON.parse(ask.stdout);
  const early = await names('--show', reference, ...as('IGO-0002'));
  expect(early).toMatchObject({ exitCode: 4, stdout: expect.stringContaining('NOT_AGREED') });
  expect(early.stdout).toContain('asked by IGO-0001 for BREACH: 2 pseudonyms');
  expect((await names('--agree', reference, ...as('IGO-0001'))).exitCode).toBe(4);
  expect((await names('--agree', reference, ...as('IGO-0002'))).exitCode).toBe(0);
  const shown = await names('--show', reference, ...as('IGO-0001'));
  expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
  expect(shown.stdout).toContain(`${ref}\n  probation-service: CRN ${subject.identifiers['CRN']}\n`);
  expect(shown.stdout).toContain(`${'A'.repeat(43)}\n  nobody to be told of\n`);

  for (const wrong of [[], ['--ask', path('wanted')], ['--agree', reference, '--show', reference]]) {
    expect((await names(...wrong, ...as('IGO-0001'))).exitCode).toBe(1);
  }
});
