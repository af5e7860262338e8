import { afterAll, beforeAll, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { MANAGER, OFFICER, POLICE, PRISON, PROBATION, visible } from './callers.ts';
import { ADULT, act, answerOne, askOne, CHILD, FORCE, HOME, INFORMATION, idOf, NIL, readCheck, requestChecks } from './check-flow.ts';
import { subjects } from './oracle/subject.ts';
const people = population();
let stack: Stack;
const everybody = [...subjects(people, 'allowed')];
beforeAll(async () => { stack = await startStack(); });
afterAll(() => stack?.close());
test('log', async () => {
  const s = everybody.shift()!;
  const person = await idOf(stack, PROBATION, s);
  const check = await askOne(stack, person);
  await answerOne(stack, check, INFORMATION);
  await readCheck(stack, PROBATION, check.id);
  await readCheck(stack, PRISON, check.id);
  const from = new Date(Date.now() - 60_000).toISOString(), to = new Date(Date.now() + 60_000).toISOString();
  for (const [partner, n] of [['hmpps-prisons', 'x'], ['northmere-police', 'y'], ['southdale-police', 'z'], ['northmere-children', 'c']] as const) {
    const { text } = await stack.ask(`{ logEntries(filter: {from: "${from}", to: "${to}"}, first: 50) { entries { kind side field outcome reference recipient thirdParties released purpose classes sources partner role practitioner operation subject basis sections { section } reasons { gate code } } } }`, { ...OFFICER, partner });
    console.log(partner, n); for (const e of JSON.parse(text).data?.logEntries?.entries ?? [text]) console.log(JSON.stringify(e).slice(0,700));
  }
});

test('break glass', async () => {
  const [s] = subjects(people, 'breakGlass');
  const [row] = await stack.sql<{ id: string }>("insert into record.opaque_id (partner, person, id) values ('probation-service', $1, 'AAAAAAAAAAAAAAAAAAAAAC') on conflict (partner, person) do update set id = record.opaque_id.id returning id", [s!.uuid]);
  const person = row!.id;
  const num = s!.identifiers['PRISON_NUMBER'];
  const b = await stack.ask('mutation ($input: BreakGlassInput!) { breakGlass(input: $input) { ok code until person { id identity { name } } } }', { ...PROBATION, variables: { input: { identifier: { type: 'PRISON_NUMBER', value: num }, reason: 'LIFE_AT_RISK', text: 'Somebody is in danger right now here.', idempotencyKey: 'abcdefghijklmnopq' } } });
  console.log(b.text.slice(0, 400));
  console.log((await stack.ask(`{ person(id: "${person}") { id identity { name } gaps { nothingMissing items { rule } } } }`, PROBATION)).text.slice(0, 400));
  console.log((await stack.ask(`{ checks(list: OF_PERSON, person: "${person}") { totalCount edges { node { id } } } }`, PROBATION)).text.slice(0, 300));
  console.log((await requestChecks(stack, [{ person, addresses: [HOME] }])).text.slice(0, 300));
  console.log((await act(stack, PROBATION, 'acknowledgeGap', { person, rule: 'BANK_ACCOUNT' }, '{ ok code }')).text.slice(0, 300));
  console.log((await act(stack, PROBATION, 'sendReferralPack', { person, provider: 'harbour-homes', arrivesAt: new Date(Date.now() + 86400000).toISOString(), broughtBy: 'ESCORT' }, '{ ok code }')).text.slice(0, 300));
  for (const e of await stack.entries(b.body.extensions.requestId)) console.log(JSON.stringify(e).slice(0, 300));
});
