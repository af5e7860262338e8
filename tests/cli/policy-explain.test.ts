import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { throughgate } from './program.ts';

const WORK_COACH = ['--role', 'work-coach', '--purpose', 'BENEFITS_EMPLOYMENT'];
const RELEASE = ['policy', 'explain', ...WORK_COACH, '--field', 'Custody.releaseDate', '--as-of', '2026-11-22'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-facts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function facts(value: unknown): string[] {
  const file = join(folder, 'facts.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return ['--subject-facts', file];
}

describe('policy explain', () => {
  test('tells every gate of a field that is shown, with what stands behind it', async () => {
    const { exitCode, stdout, stderr } = await throughgate(RELEASE);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('Assumed: a person with a relationship with the caller of the type BENEFIT_CLAIM');
    expect(stdout).toContain('SHOWN at Benefits Department, from HM Prison Service');
    for (const gate of ['partner', 'client', 'practitioner', 'role', 'purpose', 'view', 'agreement', 'relationship']) {
      expect(stdout).toMatch(new RegExp(`^  yes ${gate} `, 'm'));
    }
    expect(stdout).toMatch(/^ {2}yes agreement +The agreement PRI-DWP-01 is in force/m);
    expect(stdout).toContain('Offender Management Act 2007, section 14');
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('answers with exit code 0 for a field that is withheld, and says why', async () => {
    const { exitCode, stdout } = await throughgate(['policy', 'explain', ...WORK_COACH, '--field', 'Policing.markers']);
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(/^SHOWN/m);
    expect(stdout).toMatch(/^WITHHELD at Benefits Department, from .*\. What says no: view, agreement$/m);
    expect(stdout).toMatch(/^ {2}NO {2}view +The role does not need it/m);
  });

  test('judges the facts it is given', async () => {
    const links = [{ holder: 'hmpps-prisons', type: 'PRISON_NUMBER' }];
    const restriction = { type: 'RESTRICTION', owner: 'probation-service', accounts: ['benefits-department/SOMEBODY'] };
    const given = { links, relationships: [{ type: 'BENEFIT_CLAIM' }], restrictions: [restriction] };
    const { stdout } = await throughgate([...RELEASE, ...facts(given)]);
    expect(stdout).toContain('A person with the facts given: links 1, relationships 1,');
    expect(stdout).toMatch(/^WITHHELD /m);
    expect(stdout).toMatch(/^ {2}NO {2}restriction +A restriction by probation-service does not list the caller/m);
  });

  test('prints JSON for programs', async () => {
    const { exitCode, stdout } = await throughgate([...RELEASE, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      role: 'work-coach',
      purpose: 'BENEFITS_EMPLOYMENT',
      field: 'Custody.releaseDate',
      class: 'custody.release',
      day: '2026-11-22',
      policy: expect.stringMatching(/^[0-9a-f]{64}$/),
      outcomes: [
        { effect: 'SHOW', partners: ['benefits-department'], holders: ['hmpps-prisons'], reasons: expect.any(Array) },
      ],
    });
  });
});

describe('bad input to policy explain', () => {
  test.each([
    [[], ['--role is missing', '--purpose is missing', '--field is missing']],
    [
      [
        '--role',
        'work-coch',
        '--purpose',
        'BENEFIT_EMPLOYMENT',
        '--field',
        'Custody.releasDate',
        '--partner',
        'benefits',
      ],
      [
        'there is no role work-coch; did you mean work-coach',
        'there is no purpose BENEFIT_EMPLOYMENT; did you mean BENEFITS_EMPLOYMENT',
        'there is no partner benefits; there are hmpps-prisons, ',
        'there is no field Custody.releasDate; did you mean Custody.releaseDate',
      ],
    ],
    [[...WORK_COACH, '--field', 'Person.id'], ['Person.id is in the envelope']],
    [[...WORK_COACH, '--field', 'Custody.offence', '--as-of', '2026-02-30'], ['--as-of must be a day, YYYY-MM-DD']],
    [
      [...WORK_COACH, '--field', 'Custody.offence', '--subject-facts', '/no/such/file'],
      ['--subject-facts names a file that cannot be read'],
    ],
    [
      [...WORK_COACH, '--field', 'Custody.offence', '--policies', '/no/such/folder'],
      ['--policies names a folder that does not exist'],
    ],
  ])('%j', async (argv, problems) => {
    const { exitCode, stdout, stderr } = await throughgate(['policy', 'explain', ...argv]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    for (const problem of problems) expect(stderr).toContain(problem);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test.each([
    ['not JSON', '{', '--subject-facts must be JSON'],
    [
      'unknown names',
      { links: [{ holder: 'hmpps-prison', type: 'CRN' }] },
      '--subject-facts: links[0].holder: there is no partner hmpps-prison; did you mean hmpps-prisons',
    ],
  ])('facts: %s', async (_name, value, problem) => {
    const { exitCode, stdout, stderr } = await throughgate([...RELEASE, ...facts(value)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(problem);
  });
});
