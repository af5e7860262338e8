import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../../src/record/fact-file.ts';
import type {
  BreakGlassAttempt,
  FreeTexts,
  Governance,
  NewCover,
  NewWorkItem,
  SealedText,
} from '../../src/record/governance.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { importFacts } from '../../src/store/facts.ts';
import { createFreeTexts } from '../../src/store/free-text.ts';
import { createGovernance } from '../../src/store/governance.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const DAY = '2026-05-05';
const PARTNER = 'probation-service';
const NOON = new Date('2026-05-05T12:00:00Z');
const DUE = new Date('2026-05-06T12:00:00Z');

let database: TestDatabase;
let store: Store;
let governance: Governance;
let texts: FreeTexts;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 8 });
  governance = createGovernance(store.db);
  texts = createFreeTexts(store.db, [randomBytes(32), randomBytes(32)]);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('openBreakGlass', () => {
  it('keeps the attempt, its open review and its work items, and gives back what it kept', async () => {
    const made = attempt();
    const items = [review(made.id), { ...review(made.id), kind: 'BREAK_GLASS_DISCLOSED', partner: 'health-service' }];
    const text = texts.seal('Somebody is in danger.');
    expect(await governance.openBreakGlass(made, text, items as NewWorkItem[])).toEqual(made);
    expect(await governance.review(made.id)).toEqual({ ...made, textId: text.id, version: 1, dueAt: DUE });
    expect(await texts.read(text.id)).toBe('Somebody is in danger.');
    expect(await itemsAbout(made.id)).toEqual([
      { kind: 'BREAK_GLASS_DISCLOSED', partner: 'health-service' },
      { kind: 'BREAK_GLASS_REVIEW', partner: PARTNER },
    ]);
  });

  it('keeps a refused attempt on nobody', async () => {
    const made = attempt({ person: null, until: null });
    expect(await governance.openBreakGlass(made, texts.seal('Why.'), [review(made.id)])).toEqual(made);
    await governance.activate(made.id);
    expect(await isActive(made.id)).toBe(false);
  });

  it('keeps one of many that come at once under one key, with the work items of that one alone', async () => {
    const attempts = Array.from({ length: 12 }, () => attempt({ idempotencyKey: 'at once' }));
    const written = attempts.map(({ id }) => texts.seal(id));
    const kept = await Promise.all(
      attempts.map((made, n) => governance.openBreakGlass(made, written[n] as SealedText, [review(made.id)])),
    );
    const ids = new Set(kept.map(({ id }) => id));
    expect(ids.size).toBe(1);
    const read = await Promise.all(written.map(({ id }) => texts.read(id)));
    expect(read.filter((text) => text !== null)).toEqual([...ids]);
    for (const { id } of attempts) expect(await itemsAbout(id)).toHaveLength(ids.has(id) ? 1 : 0);
  });

  it('tells the same key of another practitioner or partner apart', async () => {
    const first = await governance.openBreakGlass(attempt({ idempotencyKey: 'mine' }), texts.seal('Why.'), []);
    const again = await governance.openBreakGlass(
      attempt({ idempotencyKey: 'mine', reason: 'OTHER' }),
      texts.seal('Why.'),
      [],
    );
    expect(again).toEqual(first);
    for (const more of [{ practitioner: 'PRO-0002' }, { partner: 'hmpps-prisons' }]) {
      const other = attempt({ idempotencyKey: 'mine', ...more });
      expect(await governance.openBreakGlass(other, texts.seal('Why.'), [])).toEqual(other);
    }
  });

  it('keeps nothing where a work item cannot be kept', async () => {
    const [made, text] = [attempt(), texts.seal('Why.')];
    const broken = { ...review(made.id), partner: null } as unknown as NewWorkItem;
    await expect(governance.openBreakGlass(made, text, [broken])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await governance.review(made.id)).toBeNull();
    expect(await texts.read(text.id)).toBeNull();
  });

  it('is in force once it is activated, and may be activated again', async () => {
    const made = attempt();
    await governance.openBreakGlass(made, texts.seal('Why.'), []);
    expect(await isActive(made.id)).toBe(false);
    await governance.activate(made.id);
    await governance.activate(made.id);
    expect(await isActive(made.id)).toBe(true);
  });
});

describe('closeReview', () => {
  const closing = (breakGlass: string, version = 1) =>
    ({
      breakGlass,
      version,
      reviewer: 'IGO-0001',
      outcome: 'JUSTIFIED',
      text: texts.seal('Seen.'),
      closedAt: DUE,
    }) as const;

  it('closes the review and its work item once', async () => {
    const made = attempt();
    await governance.openBreakGlass(made, texts.seal('Why.'), [review(made.id)]);
    expect(await governance.closeReview(closing(made.id, 2))).toBe(false);
    const closings = Array.from({ length: 6 }, () => closing(made.id));
    const closed = await Promise.all(closings.map((each) => governance.closeReview(each)));
    expect(closed.filter(Boolean)).toHaveLength(1);
    expect(await governance.review(made.id)).toBeNull();
    expect(await governance.closeReview(closing(made.id, 2))).toBe(false);
    expect(await itemsAbout(made.id)).toEqual([]);
    const kept = `select reviewer, outcome, review_text_id, version from record.break_glass where id = $1`;
    expect(await query(database.ownerUrl, kept, [made.id])).toEqual([
      {
        reviewer: 'IGO-0001',
        outcome: 'JUSTIFIED',
        review_text_id: closings[closed.indexOf(true)]?.text.id,
        version: 2,
      },
    ]);
    const read = await Promise.all(closings.map(({ text }) => texts.read(text.id)));
    expect(read).toEqual(closed.map((isKept) => (isKept ? 'Seen.' : null)));
  });

  it('leaves what other partners must look at', async () => {
    const made = attempt();
    const disclosed = { ...review(made.id), kind: 'BREAK_GLASS_DISCLOSED', partner: 'health-service' } as const;
    await governance.openBreakGlass(made, texts.seal('Why.'), [review(made.id), disclosed]);
    await governance.closeReview(closing(made.id));
    expect(await itemsAbout(made.id)).toEqual([{ kind: 'BREAK_GLASS_DISCLOSED', partner: 'health-service' }]);
  });

  it('is false for a review that there is not', async () => {
    expect(await governance.closeReview(closing(randomUUID()))).toBe(false);
  });

  it('is by somebody else, whatever called it', async () => {
    const made = attempt();
    await governance.openBreakGlass(made, texts.seal('Why.'), []);
    const own = { ...closing(made.id), reviewer: made.practitioner };
    await expect(governance.closeReview(own)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('whose manager somebody is', () => {
  beforeAll(async () => {
    const since = { partner: PARTNER, from: '2026-01-01', until: null };
    const lines: Fact[] = [
      { kind: 'manager', team: 'north', practitioner: 'MAN-1', ...since },
      { kind: 'manager', team: 'south', practitioner: 'MAN-1', ...since },
      { kind: 'manager', team: 'east', practitioner: 'MAN-2', ...since, until: '2026-05-04' },
      ...(['north/A', 'north/B', 'south/C', 'east/D', 'east/E'] as const).map((pair): Fact => {
        const [team = '', practitioner = ''] = pair.split('/');
        return { kind: 'team-member', team, practitioner, ...since };
      }),
      { kind: 'manager', team: 'heads', practitioner: 'HEAD', ...since },
      { kind: 'team-member', team: 'heads', practitioner: 'MAN-1', ...since },
      { kind: 'team-member', team: 'heads', practitioner: 'MAN-2', ...since },
      { kind: 'team-member', team: 'north', practitioner: 'GONE', ...since, until: '2026-05-04' },
      { kind: 'team-member', team: 'north', practitioner: 'A', ...since, partner: 'hmpps-prisons' },
      { kind: 'team-member', team: 'north', practitioner: 'P', ...since, partner: 'hmpps-prisons' },
    ];
    await importFacts(database.ownerUrl, lines);
  });

  it.each([
    ['oneself', 'A', 'A', true],
    ['a manager and a member', 'MAN-1', 'A', true],
    ['a member and the manager', 'C', 'MAN-1', true],
    ['two of one team', 'A', 'B', true],
    ['two of two teams of one manager', 'A', 'C', true],
    ['a member and the manager of their manager', 'A', 'HEAD', true],
    ['two of teams with different managers', 'A', 'D', false],
    ['a manager and somebody of another team', 'MAN-2', 'A', false],
    ['two whose team had a manager until the day before', 'D', 'E', false],
    ['somebody who left the day before', 'GONE', 'A', false],
    ['nobody known', 'X', 'Y', false],
  ])('sameLine: %s', async (_, one, other, same) => {
    expect(await governance.sameLine(PARTNER, one, other, DAY)).toBe(same);
    expect(await governance.sameLine(PARTNER, other, one, DAY)).toBe(same);
  });

  it('sameLine reads the day and the partner', async () => {
    expect(await governance.sameLine(PARTNER, 'D', 'E', '2026-05-04')).toBe(true);
    expect(await governance.sameLine('hmpps-prisons', 'A', 'P', DAY)).toBe(false);
  });

  it.each([
    ['both of a team', 'MAN-1', ['A', 'B'], true],
    ['one', 'MAN-1', ['C'], true],
    ['two of two of their teams', 'MAN-1', ['A', 'C'], false],
    ['one who left', 'MAN-1', ['A', 'GONE'], false],
    ['who no longer manages', 'MAN-2', ['D', 'E'], false],
    ['who is no manager', 'A', ['B'], false],
    ['nobody', 'MAN-1', [], false],
  ])('manages: %s', async (_, manager, practitioners, manages) => {
    expect(await governance.manages(PARTNER, manager, practitioners, DAY)).toBe(manages);
  });
});

describe('recordCover', () => {
  it('is kept once per key, and in force once it is activated', async () => {
    const covers = Array.from({ length: 6 }, () => cover());
    const kept = await Promise.all(covers.map((each) => governance.recordCover(each, texts.seal('Leave.'))));
    expect(new Set(kept.map(({ id }) => id)).size).toBe(1);
    const [first] = kept;
    expect(first).toEqual({ ...cover(), id: first?.id });
    const state = async () =>
      query(database.ownerUrl, 'select active, reference from record.cover where id = $1', [first?.id]);
    const [{ reason_id: reasonId } = {}] = await query(
      database.ownerUrl,
      'select reason_id from record.cover where id = $1',
      [first?.id],
    );
    expect(await texts.read(String(reasonId))).toBe('Leave.');
    expect(await state()).toEqual([{ active: false, reference: first?.id }]);
    await governance.activateCover(first?.id ?? '');
    expect(await state()).toEqual([{ active: true, reference: first?.id }]);
  });
});

describe('work items', () => {
  const READER = { partner: PARTNER, practitioner: 'IGO-0001' };
  const item = (more: Partial<NewWorkItem>): NewWorkItem => ({
    kind: 'RESTRICTION_APPROACHED',
    partner: 'northmere-police',
    reference: randomUUID(),
    person: null,
    openedAt: NOON,
    dueAt: DUE,
    ...more,
  });

  it('are a partner’s, of the kinds asked for, first due first', async () => {
    const late = item({ dueAt: new Date('2026-05-09T12:00:00Z'), person: randomUUID() });
    const soon = item({});
    await governance.addWorkItems([
      late,
      soon,
      item({ partner: 'southdale-police' }),
      item({ kind: 'RESTRICTION_UNREADABLE' }),
    ]);
    const kinds = ['RESTRICTION_APPROACHED'];
    expect(await governance.workItems('northmere-police', kinds, 10, READER)).toEqual(
      [soon, late].map((each) => ({ ...each, id: expect.any(String) })),
    );
    expect(await governance.workItems('northmere-police', kinds, 1, READER)).toHaveLength(1);
    expect(await governance.workItems('northmere-police', [], 10, READER)).toEqual([]);
  });

  it('are passed over while one about the same is open, also when they come at once', async () => {
    const same = item({ partner: 'harbour-homes' });
    await Promise.all(Array.from({ length: 8 }, () => governance.addWorkItems([same, same])));
    expect(await governance.workItems('harbour-homes', [same.kind], 10, READER)).toHaveLength(1);
    await query(database.ownerUrl, `update record.work_item set open = null where partner = 'harbour-homes'`);
    expect(await governance.workItems('harbour-homes', [same.kind], 10, READER)).toEqual([]);
    await governance.addWorkItems([same]);
    expect(await governance.workItems('harbour-homes', [same.kind], 10, READER)).toHaveLength(1);
    await governance.addWorkItems([]);
  });
});

function attempt(more: Partial<BreakGlassAttempt> = {}): BreakGlassAttempt {
  return {
    id: randomUUID(),
    idempotencyKey: randomUUID(),
    requestId: randomUUID(),
    partner: PARTNER,
    practitioner: 'PRO-0001',
    role: 'probation-practitioner',
    purpose: 'PUBLIC_PROTECTION',
    person: randomUUID(),
    sent: 'a keyed hash',
    reason: 'RISK_TO_LIFE',
    openedAt: NOON,
    until: new Date('2026-05-05T13:00:00Z'),
    ...more,
  };
}

function review(reference: string): NewWorkItem {
  return { kind: 'BREAK_GLASS_REVIEW', partner: PARTNER, reference, person: null, openedAt: NOON, dueAt: DUE };
}

function cover(): NewCover {
  return {
    id: randomUUID(),
    idempotencyKey: 'friday',
    partner: PARTNER,
    practitioner: 'PRO-0001',
    coveredBy: 'PRO-0002',
    recordedBy: 'PRM-0001',
    from: DAY,
    until: '2026-05-08',
  };
}

async function isActive(id: string): Promise<unknown> {
  return (await query(database.ownerUrl, 'select active from record.break_glass where id = $1', [id]))[0]?.['active'];
}

async function itemsAbout(reference: string): Promise<unknown[]> {
  return query(
    database.ownerUrl,
    'select kind, partner from record.work_item where open and reference = $1 order by kind',
    [reference],
  );
}
