import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, type Caller, MANAGER, POLICE, PRISON, PROBATION, visible } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';

const people = population();
const first = (trait: Parameters<typeof subjects>[1]) => subjects(people, trait)[0] as Subject;
const OWNERS = parse(readFileSync(join(import.meta.dirname, '../../policies/restrictions.yaml'), 'utf8')).owners;
const SIGNPOST = OWNERS['probation-service'].signpost;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

const nothing = async (caller: Caller, subject: Subject) => {
  const answer = await askAs(stack, caller, subject);
  expect(answer.body.data.person).toBeNull();
  expect(wireOf(stack, answer)).toEqual([]);
  return answer;
};
const elementOf = async (caller: Caller, subject: Subject) =>
  (await nothing(caller, subject)).body.extensions.nothingToShow[0];

describe('SHARE-04 SHARE-06 the signpost of the owner of a restriction', () => {
  test('is for its own practitioners, where nothing but the restriction is in the way', async () => {
    expect(SIGNPOST).toMatchObject({ message: expect.any(String), desk: { name: expect.any(String) } });
    const constant = await elementOf(PROBATION, first('unrelated'));
    expect(constant).not.toHaveProperty('signpost');
    for (const caller of [PROBATION, MANAGER])
      expect(await elementOf(caller, first('restricted'))).toEqual({ ...constant, signpost: SIGNPOST });
    const explained = await elementOf({ ...PROBATION, headers: { prefer: 'explain' } }, first('restricted'));
    expect(explained).toEqual({ ...constant, signpost: SIGNPOST });
  });

  test.each([
    ['another partner, in whose way the restriction is too', POLICE],
    ['a third', PRISON],
  ] as const)('is not for %s: byte for byte the constant answer', async (_, caller) => {
    const restricted = await nothing(caller, first('restricted'));
    expect(restricted.text).not.toContain('signpost');
    expect(visible(restricted)).toEqual(visible(await nothing(caller, first('unrelated'))));
  });

  test('is not for the owner’s own who have no relationship, nor for whoever is excluded', async () => {
    const constant = visible(await nothing(PROBATION, first('unrelated')));
    const stranger = await nothing({ ...PROBATION, practitioner: 'PRO-0003' }, first('restricted'));
    expect(visible(stranger)).toEqual(constant);
    expect(visible(await nothing(PROBATION, first('excluded')))).toEqual(constant);
  });

  test('is not for one of whom a second restriction would say no too', async () => {
    const subject = subjects(people, 'restricted')[1] as Subject;
    expect(await elementOf(PROBATION, subject)).toHaveProperty('signpost');
    await stack.sql(
      `insert into record.restriction (person, type, owner, valid_from, accounts, reference)
       values ($1, 'RESTRICTION', 'northmere-police', '2026-01-01', '{}', 'NP-1')`,
      [subject.uuid],
    );
    expect(await elementOf(PROBATION, subject)).not.toHaveProperty('signpost');
  });

  test('stands at its own place among several people', async () => {
    const partner = PROBATION.partner;
    const ids: string[] = [];
    for (const [index, trait] of (['unrelated', 'restricted', 'allowed'] as const).entries()) {
      const id = String(index).padEnd(22, 'A');
      ids.push(id);
      await stack.sql(`insert into record.opaque_id (person, partner, id) values ($1, $2, $3)`, [
        first(trait).uuid,
        partner,
        id,
      ]);
    }
    const { body } = await stack.ask('query($ids: [ID!]!) { people(ids: $ids) { id } }', {
      ...PROBATION,
      variables: { ids },
    });
    expect(body.data.people).toEqual([null, null, { id: ids[2] }]);
    expect(
      body.extensions.nothingToShow.map(({ path, signpost }: { path: unknown; signpost?: object }) => [path, signpost]),
    ).toEqual([
      [['people', 0], undefined],
      [['people', 1], SIGNPOST],
    ]);
  });
});
