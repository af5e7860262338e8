import { afterAll, beforeAll, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { PROBATION } from './callers.ts';
import { ADULT, act, answerOne, askOne, CHILD, FORCE, HOME, INFORMATION, idOf, NIL, newKey, readCheck, requestChecks, SOUTHERN_FORCE } from './check-flow.ts';
import { type Subject, subjects } from './oracle/subject.ts';
const people = population();
const everybody = [...subjects(people, 'allowed'), ...subjects(people, 'voluntaryTreatment'), ...subjects(people, 'treatmentCondition'), ...subjects(people, 'bothForces')];
let stack: Stack;
beforeAll(async () => { stack = await startStack(); });
afterAll(() => stack?.close());
const nextPerson = () => idOf(stack, PROBATION, everybody.shift() as Subject);
const short = (r: any) => JSON.stringify(r.body.data ?? r.body.errors).slice(0, 700);
const say = (...a: unknown[]) => console.log('>>>', ...a);

test('P1 purpose', async () => {
  const person = await nextPerson();
  const key = newKey();
  const a = await requestChecks(stack, [{ person }], { key, caller: { ...PROBATION, purpose: 'DA_CHECK' } });
  const b = await requestChecks(stack, [{ person }], { key });
  say('P1', a.body.data?.requestChecks.results[0]?.checks.map((c: any) => c.type), a.body.data?.requestChecks.results[0]?.code, b.body.data?.requestChecks.code, b.body.data?.requestChecks.results?.[0]?.checks.map((c: any) => c.type), b.body.data?.requestChecks.results?.[0]?.ok);
});
test('P2 held', async () => {
  const person = await nextPerson();
  const check = await askOne(stack, person);
  await stack.sql(`update record.check set moved = 'PERSON_MERGED' where id = $1`, [check.id]);
  await stack.sweep();
  const b = await requestChecks(stack, [{ person, }], { caller: { ...PROBATION, purpose: 'DA_CHECK' } });
  const r = b.body.data.requestChecks.results[0];
  say('P2', r.ok, r.code, r.checks.map((c: any) => c.state));
});
test('P3 release', async () => {
  const person = await nextPerson();
  const check = await askOne(stack, person, { release: '2029-01-01' });
  await answerOne(stack, check);
  const b = await requestChecks(stack, [{ person, types: undefined, release: '2026-12-10' }], { caller: { ...PROBATION, purpose: 'DA_CHECK' } });
  const r = b.body.data.requestChecks.results[0];
  say('P3', r.ok, r.code, r.checks.map((c: any) => [c.state, c.release, c.requests.map((x: any) => x.state)]));
});
test('P4 clock', async () => {
  const person = await nextPerson();
  const check = await askOne(stack, person);
  const now = stack.clock.now();
  stack.clock.set(new Date(now.getTime() - 3 * 86400000));
  const a = await act(stack, FORCE, 'answerRequest', { request: check.requests[0].id, expectedVersion: 1, ...NIL });
  say('P4 answer back in time', a.status, short(a));
  await stack.sweep();
  say('P4 rel', await stack.sql(`select valid_from::text, valid_until::text from record.relationship where evidence = $1`, [check.requests[0].id]));
  const c = await act(stack, FORCE, 'recallAnswer', { request: check.requests[0].id, expectedVersion: 2, text: 'It was about another person.' });
  say('P4 recall', c.status, c.body.data?.recallAnswer.ok, c.body.data?.recallAnswer.code);
  say('P4 rel', await stack.sql(`select valid_from::text, valid_until::text from record.relationship where evidence = $1`, [check.requests[0].id]));
  stack.clock.set(new Date(now.getTime() + 400 * 86400000));
  await stack.sweep(); await stack.sweep();
  const d = await readCheck(stack, PROBATION, check.id);
  say('P4 fwd', JSON.stringify(d)?.slice(0,400));
  stack.clock.set(now);
  await stack.sweep();
  say('P4 logged', stack.logged.filter((l) => /"level":(40|50)/.test(l)).slice(-5));
});
test('P6 dead accommodation', async () => {
  for (const dead of ['northmere-housing', 'southdale-housing', 'harbour-homes']) {
    stack.recorder.interfere(dead, () => 'dead');
    const person = await nextPerson();
    const b = await requestChecks(stack, [{ person }]);
    const r = b.body.data.requestChecks.results[0];
    say('P6', dead, r.ok, r.code, r.checks.map((c: any) => [c.type, c.requests.map((x: any) => x.responder)]), JSON.stringify(b.body.extensions?.unavailable));
    stack.recorder.interfere(dead, null);
  }
});
test('P7 prison nil / no date / lying', async () => {
  for (const [what, f] of [
    ['nil custody', (b: string) => b.replace(/"custody":\{[^}]*\}/g, '"custody":null')],
    ['null date', (b: string) => b.replace(/"releaseDate":"[^"]*"/g, '"releaseDate":null')],
    ['blank name', (b: string) => b.replace(/"name":"[^"]*"/g, '"name":"  "')],
    ['long name', (b: string) => b.replace(/"name":"[^"]*"/g, `"name":"${'x'.repeat(5000)}"`)],
    ['ctl name', (b: string) => b.replace(/"name":"[^"]*"/g, '"name":"a\\u0000\\u202eb\\ud800"')],
    ['future dob', (b: string) => b.replace(/"dateOfBirth":"[^"]*"/g, '"dateOfBirth":"2999-01-01"')],
    ['past date', (b: string) => b.replace(/"releaseDate":"[^"]*"/g, '"releaseDate":"2020-01-01"')],
    ['year 9999', (b: string) => b.replace(/"releaseDate":"[^"]*"/g, '"releaseDate":"9999-12-31"')],
  ] as const) {
    const person = await nextPerson();
    stack.recorder.interfere('hmpps-prisons', (_, { status, body }) => ({ status, body: f(body) }));
    const b = await requestChecks(stack, [{ person, addresses: [HOME] }]);
    const r = b.body.data?.requestChecks.results[0];
    say('P7', what, b.status, r?.ok, r?.code, r?.checks.map((c: any) => [c.type, c.release, c.requests[0]?.told?.name?.slice(0, 20), c.requests[0]?.told?.dateOfBirth]), r ? '' : short(b));
    stack.recorder.interfere('hmpps-prisons', null);
  }
});
test('P10 ids and inputs', async () => {
  const person = await nextPerson();
  const check = await askOne(stack, person);
  const q = async (query: string, caller: any = PROBATION) => { const a = await stack.ask(query, caller); say('P10', query.slice(0, 110), a.status, short(a).slice(0, 260)); };
  await q('{ check(id: 5) { id } }');
  await q('{ check(id: "") { id } }');
  await q(`{ check(id: "${check.id.toUpperCase()}") { id } }`);
  await q('{ check(id: "\\u0000") { id } }');
  await q('{ checks(list: MINE, first: -1) { totalCount } }');
  await q('{ checks(list: MINE, first: 101) { totalCount } }');
  await q('{ checks(list: MINE, first: 2147483648) { totalCount } }');
  await q('{ checks(list: NOPE) { totalCount } }');
  await q('{ checks(list: OF_PERSON, person: "") { totalCount } }');
  await q('{ checks(list: OF_PERSON, person: "\\u0000") { totalCount } }');
  const cur = (await stack.ask('{ checks(list: MINE, first: 1) { pageInfo { endCursor } } }', PROBATION)).body.data.checks.pageInfo.endCursor;
  await q(`{ checks(list: OVERDUE, after: "${cur}") { totalCount } }`);
  await q(`{ checks(list: MINE, type: DOMESTIC_ABUSE, after: "${cur}") { totalCount } }`);
  await q(`{ changes(since: "${cur}") { next } }`);
  await q(`{ releases(from: "2026-11-22", to: "2026-12-22", after: "${cur}") { edges { cursor } } }`);
  await q(`{ checks(list: MINE, after: "${cur}") { totalCount } }`, { ...PROBATION, purpose: 'DA_CHECK' });
  const m = async (field: string, input: any, caller: any = FORCE) => { const a = await act(stack, caller, field, input); say('P10m', field, JSON.stringify(input).slice(0, 90), a.status, short(a).slice(0, 260)); };
  const id = check.requests[0].id;
  await m('answerRequest', { request: id, expectedVersion: -1, ...NIL });
  await m('answerRequest', { request: id, expectedVersion: 2147483648, ...NIL });
  await m('answerRequest', { request: id, expectedVersion: 1.5, ...NIL });
  await m('answerRequest', { request: check.id, expectedVersion: 1, ...NIL });
  await m('answerRequest', { request: 'x', expectedVersion: 1, ...NIL });
  await m('answerRequest', { request: id, expectedVersion: 1, ...INFORMATION, narrative: '\ud800 half' });
  await m('answerRequest', { request: id, expectedVersion: 1, ...INFORMATION, narrative: '   ' });
  await m('answerRequest', { request: id, expectedVersion: 1, ...INFORMATION, narrative: '\u200b\u200b' });
  await m('answerRequest', { request: id, expectedVersion: 1, ...INFORMATION, findings: Array(51).fill(INFORMATION.findings[0]) });
  await m('answerRequest', { request: id, expectedVersion: 1, outcome: 'NIL', searched: Array(21).fill(NIL.searched[0]) });
  await m('answerRequest', { request: id, expectedVersion: 1, outcome: 'UNABLE', reason: '__proto__', searched: [] });
  await m('answerRequest', { request: id, expectedVersion: 1, ...NIL, idempotencyKey: 'x' });
  await m('answerRequest', { request: id, expectedVersion: 1, ...NIL, idempotencyKey: 'ü'.repeat(10) });
  await m('answerRequest', { request: id, expectedVersion: 1, ...NIL, idempotencyKey: 123456789 });
  await m('considerCheck', { check: id, expectedVersion: 1, decision: 'ADDRESS_SUITABLE', text: 'long enough text' }, PROBATION);
  await m('resumeCheck', { check: check.id, expectedVersion: 1, goesOn: true, text: 'long enough text' }, PROBATION);
  await m('withdrawRequest', { request: id, expectedVersion: 99, text: 'long enough text' }, PROBATION);
  const rc = async (more: any) => { const a = await requestChecks(stack, [{ person, ...more }]); say('P10r', JSON.stringify(more).slice(0, 100), a.status, short(a).slice(0, 300)); };
  await rc({ release: '2026-02-30' });
  await rc({ release: '9999-12-31', addresses: [HOME] });
  await rc({ release: '+12026-01-01' });
  await rc({ addresses: Array(11).fill(HOME) });
  await rc({ addresses: [{ ...HOME, kind: 'CHILD' }], types: ['DOMESTIC_ABUSE'] });
  await rc({ types: ['DOMESTIC_ABUSE', 'DOMESTIC_ABUSE'], addresses: [HOME, HOME], responders: ['northmere-police', 'northmere-police'] });
  await rc({ types: null, addresses: null, adults: null, children: null, childrenBelievedPresent: null, responders: null, release: null, more: null });
  await rc({ addresses: [{ ...HOME, postcode: 'cf10 1aa' }] });
  await rc({ addresses: [{ ...HOME, postcode: 'ＱＮ１ ４ＡＢ' }] });
  await rc({ responders: [] });
  await rc({ adults: [{ ...ADULT, name: '\u200b' }] });
  await rc({ children: [{ relationship: 'Child' }] });
  await rc({ childrenBelievedPresent: false });
});
test('P14 concurrency', async () => {
  const person = await nextPerson();
  const all = await Promise.all(Array.from({ length: 15 }, () => requestChecks(stack, [{ person, types: ['DOMESTIC_ABUSE'], addresses: [HOME] }])));
  say('P14', all.map((a) => a.body.data?.requestChecks.code ?? a.body.data?.requestChecks.results[0]?.code ?? (a.body.errors ? JSON.stringify(a.body.errors[0].extensions) : 'ok')).join(' '));
  const n = await stack.sql(`select count(*)::int n from record.check where person = (select person from record.opaque_id where id = $1)`, [person]);
  say('P14 checks', n);
});
test('P13 locked store', async () => {
  const person = await nextPerson();
  const t = Date.now();
  const lock = stack.sql(`do $$ begin lock table record.check in access exclusive mode; perform pg_sleep(20); end $$`).catch((e) => say(String(e)));
  await new Promise((r) => setTimeout(r, 300));
  const a = await requestChecks(stack, [{ person, types: ['DOMESTIC_ABUSE'], addresses: [HOME] }], { key: 'a-key-while-locked' });
  say('P13', Date.now() - t, a.status, short(a), a.headers.get('retry-after'));
  await lock;
  const b = await requestChecks(stack, [{ person, types: ['DOMESTIC_ABUSE'], addresses: [HOME] }], { key: 'a-key-while-locked' });
  say('P13 again', b.status, b.body.data?.requestChecks.results?.[0]?.ok);
}, 60_000);
