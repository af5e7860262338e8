import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReferralChange, ReferralPack, Referrals } from '../../src/record/referrals.ts';
import { createChecks } from '../../src/store/checks.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { createReferrals } from '../../src/store/referrals.ts';
import { ASKER, command, DAY, event, later, NOON } from './check.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const KEYS = [randomBytes(32)];
const TOMORROW = later(24 * 60);

let database: TestDatabase;
let store: Store;
let referrals: Referrals;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 4 });
  referrals = createReferrals(store.db, KEYS);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('a pack', () => {
  it('that a command sends is in force once it is activated, and comes back as it was', async () => {
    const contacts = referrals.contents.seal('Ring the desk.');
    const sent = pack({ contactsId: contacts.id });
    const [by, told] = [command({ field: 'sendReferralPack' }), event(sent.person)];
    expect(await referrals.save([change(null, sent, { contents: [contacts], events: [told] })], by, NOON)).toBe(
      'saved',
    );
    expect(await referrals.byIds([sent.id])).toEqual([]);
    expect(await referrals.byIds([sent.id], by.id)).toEqual([sent]);
    expect(await relationships(sent)).toEqual([]);
    expect(await referrals.save([change(null, pack())], by, NOON)).toBe('repeated');
    expect(await referrals.command(by)).toMatchObject({ id: by.id, recorded: false });
    await referrals.activate(by.id);
    await referrals.activate(by.id);
    expect(await referrals.byIds([sent.id])).toEqual([sent]);
    expect(await referrals.contents.read(contacts.id)).toBe('Ring the desk.');
    expect(await relationships(sent)).toEqual([['PLACEMENT_OFFER', DAY, null]]);
    expect(await query(database.ownerUrl, 'select id from record.event where person = $1', [sent.person])).toEqual([
      { id: told.id },
    ]);
  });

  it('is answered once, by the version that was read', async () => {
    const sent = await kept();
    const accepted = answered(sent, 'ACCEPTED');
    const refused = answered(sent, 'REFUSED', { reason: 'NO_ROOM', textId: randomUUID(), endedAt: later(5) });
    const results = await Promise.all(
      [accepted, refused].map((after) => referrals.save([change(sent, after)], command(), NOON)),
    );
    expect(results.toSorted()).toEqual(['conflict', 'saved']);
  });

  it('comes back refused as it was', async () => {
    const sent = await kept();
    const refused = answered(sent, 'REFUSED', { reason: 'NO_ROOM', textId: randomUUID(), endedAt: later(5) });
    await referrals.save([change(sent, refused)], null, NOON);
    expect(await referrals.byIds([sent.id])).toEqual([refused]);
  });

  it('about a person that waits for a provider is one, unless it ends the other', async () => {
    const sent = await kept();
    const again = pack({ person: sent.person });
    expect(await referrals.save([change(null, again)], null, NOON)).toBe('conflict');
    expect(await referrals.save([change(null, pack({ person: sent.person, provider: 'b' }))], null, NOON)).toBe(
      'saved',
    );
    const ended = { ...sent, version: 2, state: 'ENDED', endedAt: NOON } as const;
    expect(await referrals.save([change(sent, ended), change(null, again)], command(), NOON)).toBe('saved');
    expect(await referrals.save([change(null, pack({ person: sent.person }))], null, NOON)).toBe('conflict');
  });

  it('must grow the version by one', async () => {
    await expect(referrals.save([change(null, pack({ version: 2 }))], null, NOON)).rejects.toThrow(RangeError);
  });
});

describe('the relationship of the provider’s team', () => {
  it.each([
    [
      'ACCEPTED',
      [
        ['PLACEMENT_OFFER', DAY, DAY],
        ['PLACEMENT_REFERRAL', '2026-05-06', null],
      ],
    ],
    ['REFUSED', [['PLACEMENT_OFFER', DAY, DAY]]],
    ['ENDED', [['PLACEMENT_OFFER', DAY, DAY]]],
  ] as const)('%s on the day after', async (state, expected) => {
    const sent = await kept();
    const over = answered(sent, state, state === 'ACCEPTED' ? {} : { endedAt: TOMORROW });
    await referrals.save([change(sent, over)], null, TOMORROW);
    expect(await relationships(sent)).toEqual(expected);
  });

  it('that took the person is over at once when the pack ends, on the same day too', async () => {
    const sent = await kept();
    const accepted = answered(sent, 'ACCEPTED');
    await referrals.save([change(sent, accepted)], null, NOON);
    expect(await relationships(sent)).toEqual([
      ['PLACEMENT_OFFER', DAY, '2026-05-04'],
      ['PLACEMENT_REFERRAL', DAY, null],
    ]);
    const over = { ...accepted, version: 3, state: 'ENDED', endedAt: NOON } as const;
    await referrals.save([change(accepted, over)], null, NOON);
    expect(await relationships(sent)).toEqual([
      ['PLACEMENT_OFFER', DAY, '2026-05-04'],
      ['PLACEMENT_REFERRAL', DAY, '2026-05-04'],
    ]);
  });

  it('goes on with the pack that takes the place of another on the same day', async () => {
    const sent = await kept();
    const next = pack({ person: sent.person });
    const ended = { ...sent, version: 2, state: 'ENDED', endedAt: NOON } as const;
    await referrals.save([change(sent, ended), change(null, next)], null, NOON);
    expect(await relationships(next)).toEqual([['PLACEMENT_OFFER', DAY, null]]);
    const [{ evidence } = {}] = await query(
      database.ownerUrl,
      'select evidence from record.relationship where person = $1',
      [sent.person],
    );
    expect(evidence).toBe(next.id);
  });
});

describe('page', () => {
  it('is what waits for the provider, soonest arrival first, or what was sent and has not passed', async () => {
    const provider = 'a-provider-of-its-own';
    const packs = [30, 10, 20].map((minutes) => pack({ provider, arrivesAt: later(minutes) }));
    await save(packs);
    const [third, first, second] = packs as [ReferralPack, ReferralPack, ReferralPack];
    const refused = answered(second, 'REFUSED', { endedAt: NOON });
    await referrals.save([change(second, refused)], null, NOON);
    const people = packs.map(({ person }) => person);
    const filter = { people, from: later(15), after: null, limit: 10 };
    const sentTo = { ...filter, list: 'SENT_TO', partner: provider } as const;
    expect(await referrals.page(sentTo)).toEqual({ packs: [first, third], total: 2 });
    expect(await referrals.page({ ...sentTo, limit: 1 })).toEqual({ packs: [first], total: 2 });
    expect(await referrals.page({ ...sentTo, after: first })).toEqual({ packs: [third], total: 2 });
    expect(await referrals.page({ ...sentTo, people: [first.person] })).toEqual({ packs: [first], total: 1 });
    expect(await referrals.peopleSentTo(provider, 10)).toEqual([first.person, third.person]);
    expect(await referrals.peopleSentTo(ASKER, 10)).toEqual([]);
    const sentBy = { ...filter, list: 'SENT_BY', partner: ASKER } as const;
    expect(await referrals.page(sentBy)).toEqual({ packs: [refused, third], total: 2 });
    const over = { ...third, version: 2, state: 'ENDED', endedAt: NOON } as const;
    await referrals.save([change(third, over)], null, NOON);
    expect(await referrals.page(sentBy)).toEqual({ packs: [refused], total: 1 });
  });
});

it('packs whose day passed without an answer are each given to one gateway', async () => {
  const at = (minutes: number) => new Date(Date.UTC(2020, 0, 1, 0, minutes));
  const packs = Array.from({ length: 8 }, (_, n) => pack({ arrivesAt: at(n) }));
  await save(packs);
  const [answeredOne] = packs as [ReferralPack];
  await referrals.save([change(answeredOne, answered(answeredOne, 'ACCEPTED'))], null, NOON);
  const given = (await Promise.all([1, 2, 3].map(() => referrals.overdue(at(6), at(10), 3)))).flat();
  expect(given.map(({ id }) => id).toSorted()).toEqual(
    packs
      .slice(1, 6)
      .map(({ id }) => id)
      .toSorted(),
  );
  expect(await referrals.overdue(at(6), at(10), 10)).toEqual([]);
  expect(await referrals.overdue(at(6), at(11), 10)).toHaveLength(5);
});

it('whom to ring is deleted when the arrival is long past', async () => {
  const contacts = referrals.contents.seal('Ring.');
  const old = pack({ contactsId: contacts.id, arrivesAt: new Date('2019-01-01T00:00:00Z') });
  await referrals.save([change(null, old, { contents: [contacts] })], null, NOON);
  const { contents } = createChecks(store.db, KEYS);
  expect(await contents.hasOld(new Date('2019-01-02T00:00:00Z'))).toBe(true);
  expect(await contents.deleteOld(new Date('2019-01-02T00:00:00Z'), 10)).toBe(1);
  expect(await contents.hasOld(new Date('2019-01-02T00:00:00Z'))).toBe(false);
  expect(await referrals.contents.read(contacts.id)).toBeNull();
  expect(await referrals.byIds([old.id])).toEqual([{ ...old, contactsId: null }]);
});

it('a command that a dead gateway left is among those of checks', async () => {
  const [sent, by] = [pack(), command()];
  await referrals.save([change(null, sent)], by, new Date('2018-01-01T00:00:00Z'));
  const checks = createChecks(store.db, KEYS);
  expect((await checks.unrecorded(new Date('2018-01-02T00:00:00Z'), 10)).map(({ id }) => id)).toEqual([by.id]);
  await checks.activate(by.id);
  expect(await referrals.byIds([sent.id])).toEqual([sent]);
});

function pack(more: Partial<ReferralPack> = {}): ReferralPack {
  return {
    id: randomUUID(),
    person: randomUUID(),
    partner: ASKER,
    provider: 'a-provider',
    team: 'INTAKE',
    state: 'SENT',
    sentBy: 'PRO-0001',
    sentAt: NOON,
    arrivesAt: later(60),
    broughtBy: 'OWN_WAY',
    contactsId: null,
    answeredBy: null,
    answeredAt: null,
    reason: null,
    textId: null,
    endedAt: null,
    version: 1,
    ...more,
  };
}

function answered(sent: ReferralPack, state: ReferralPack['state'], more: Partial<ReferralPack> = {}): ReferralPack {
  return { ...sent, version: sent.version + 1, state, answeredBy: 'ACC-1', answeredAt: later(5), ...more };
}

function change(before: ReferralPack | null, after: ReferralPack, more: Partial<ReferralChange> = {}): ReferralChange {
  return { before, after, contents: [], texts: [], events: [], ...more };
}

async function kept(): Promise<ReferralPack> {
  const sent = pack();
  await save([sent]);
  return sent;
}

async function save(packs: readonly ReferralPack[]): Promise<void> {
  const changes = packs.map((each) => change(null, each));
  expect(await referrals.save(changes, null, NOON)).toBe('saved');
}

/** Type, first and last day. */
async function relationships({ person }: ReferralPack): Promise<unknown[]> {
  const rows = await query(
    database.ownerUrl,
    `select type, valid_from::text as from, valid_until::text as until from record.relationship
     where person = $1 order by type`,
    [person],
  );
  return rows.map(({ type, from, until }) => [type, from, until]);
}
