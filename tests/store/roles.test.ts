import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareLogins } from '../../src/store/roles.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await migratedDatabase();
  await query(database.ownerUrl, `insert into record.person values (gen_random_uuid())`);
});

afterAll(() => database.drop());

const REFUSED = { code: '42501' };

describe('the gateway', () => {
  it.each([
    'select * from audit.entry',
    'select body from audit.entry',
    'insert into audit.entry (index, period, id, at, kind, body) values (0, now(), gen_random_uuid(), now(), $$start$$, $$x$$)',
    'update audit.entry set kind = $$x$$',
    'delete from audit.entry',
    'truncate audit.entry',
    'begin; lock table audit.entry',
    'select * from audit.head',
    'insert into audit.head (size) values (1)',
    'update audit.head set size = 0',
    'delete from audit.head',
    'truncate audit.head',
    'alter table audit.entry disable trigger all',
    'select * from audit.leaf',
    'insert into audit.leaf (index, entry_id, hash) values (0, gen_random_uuid(), $$x$$)',
    'update audit.leaf set hash = $$x$$',
    'delete from audit.leaf',
    'truncate audit.leaf',
    'update audit.head set root = $$x$$, frontier = $$x$$',
    'select * from audit.checkpoint',
    'insert into audit.checkpoint (size, frontier, note) values (1, $$x$$, $$x$$)',
    'update audit.checkpoint set note = $$x$$',
    'delete from audit.checkpoint',
    'truncate audit.checkpoint',
    'select * from audit.entry_default',
    'drop table audit.entry_default',
    'alter table audit.entry detach partition audit.entry_default',
    'select audit.make_partition(now()::date)',
    'select * from audit.cosignature',
    'delete from audit.cosignature',
    'insert into audit.key_change (index, body) values (0, $$x$$)',
    'delete from audit.key_change',
    'select * from audit.free_text',
    'insert into audit.free_text (id, epoch, sealed) values (gen_random_uuid(), 1, $$x$$)',
    'update audit.free_text set sealed = $$x$$',
    'delete from audit.free_text',
    'select * from audit.hold',
    'update audit.hold set released_at = now()',
    'insert into audit.hold (reference, from_month, until_month) values ($$x$$, now(), now())',
    'delete from audit.hold',
    'update record.log_export set practitioner = $$x$$',
    'update record.log_export_part set entries = $${}$$',
    'update record.saved_search set practitioner = $$x$$',
    'select * from audit.retired',
    'insert into audit.retired (period, first, past, root, sha256) values (now(), 0, 1, $$x$$, $$x$$)',
    'select audit.extend(0, $$x$$, $$x$$)',
    'select audit.root_of($$x$$)',
    'drop function audit.append',
    'create or replace function audit.read_head() returns int language sql as $$select 1$$',
    'create table audit.other ()',
    'create table record.other ()',
    'create table public.other ()',
    'create temporary table other () inherits (audit.leaf)',
    'insert into record.person values (gen_random_uuid())',
    'insert into record.relationship default values',
    'update record.link set current = true',
    'delete from record.restriction',
    'update record.opaque_id set partner = $$x$$',
    'delete from record.opaque_id',
    'select * from record.sealed',
    'delete from record.sealed',
    'insert into record.manager default values',
    'insert into record.interest default values',
    'delete from record.objection',
    'update record.restriction_list set problem = null',
    'delete from record.break_glass',
    'update record.break_glass set until = now()',
    'update record.break_glass set text_id = null',
    'delete from record.cover',
    'update record.cover set covered_by = $$x$$',
    'delete from record.work_item',
    'update record.work_item set partner = $$x$$',
    'update record.asked set day = now()',
    'delete from record.telling',
    'update record.telling set entry_id = gen_random_uuid()',
    'delete from record.name_request',
    'update record.name_request set subjects = $${x}$$',
    'insert into record.sealed_subject values ($$x$$)',
    'delete from record.sealed_subject',
    'delete from record.check',
    'delete from record.check_request',
    'delete from record.check_count',
    'delete from record.check_command',
    'update record.check_command set input = $$x$$',
    'update record.sealed_content set sealed = $$x$$',
    'update record.event set kind = $$x$$',
    'delete from record.fingerprint',
    'delete from record.watch',
    'update record.gap_acknowledgement set by = $$x$$',
    'delete from record.referral_pack',
    'select record.forget_people($${}$$)',
    'select record.note_moved_people()',
    'delete from _prisma_migrations',
    'create role other',
    'set role throughgate_audit_reader',
  ])('may not: %s', async (sql) => {
    await expect(query(database.gatewayUrl, sql)).rejects.toMatchObject(REFUSED);
  });

  it.each([
    'person',
    'link',
    'opaque_id',
    'relationship',
    'team_member',
    'duty',
    'manager',
    'cover',
    'permission',
    'objection',
    'interest',
    'restriction',
    'restriction_list',
    'break_glass',
    'work_item',
    'asked',
    'telling',
    'name_request',
    'sealed_subject',
    'log_export',
    'log_export_part',
    'saved_search',
    'check',
    'check_request',
    'check_count',
    'check_command',
    'sealed_content',
    'event',
    'delivery',
    'fingerprint',
    'watch',
    'gap_acknowledgement',
    'referral_pack',
  ])('reads record.%s', async (table) => {
    await expect(query(database.gatewayUrl, `select * from record.${table}`)).resolves.toBeDefined();
  });

  it('makes opaque ids and appends to the log', async () => {
    await query(
      database.gatewayUrl,
      `insert into record.opaque_id select id, 'hmpps-prisons', 'opaque' from record.person`,
    );
    expect(
      await query(
        database.gatewayUrl,
        `select appended, size from audit.append(0, sha256(''), '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '')`,
      ),
    ).toEqual([{ appended: true, size: '0' }]);
  });
});

describe('the reader of the log', () => {
  it.each(['entry', 'leaf', 'head', 'checkpoint', 'cosignature', 'key_change', 'hold', 'retired'])(
    'reads audit.%s',
    async (table) => {
      await expect(query(database.readerUrl, `select * from audit.${table}`)).resolves.toBeDefined();
    },
  );

  it.each([
    `select audit.append(0, sha256(''), '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '')`,
    'select audit.read_leaves(0, 1)',
    `select audit.keep_checkpoint(0, '', '')`,
    'delete from audit.checkpoint',
    'update audit.leaf set hash = $$x$$',
    'delete from audit.cosignature',
    'update audit.hold set released_at = now()',
    'delete from audit.retired',
    'select * from audit.free_text',
    'select audit.read_text(gen_random_uuid())',
    'delete from audit.key_change',
    'select audit.make_partitions(1)',
    'insert into audit.entry (index, period, id, at, kind, body) values (0, now(), gen_random_uuid(), now(), $$start$$, $$x$$)',
    'update audit.entry set kind = $$x$$',
    'delete from audit.entry',
    'truncate audit.entry',
    'update audit.head set size = 0',
    'select * from record.person',
    'select * from record.link',
    'select * from record.break_glass',
    'select * from record.telling',
    'select * from record.name_request',
    'select * from record.log_export',
    'select * from record.log_export_part',
    'select * from record.saved_search',
    'select audit.place_hold($$x$$, now()::date, now()::date, $$x$$)',
    'select audit.release_hold($$x$$, $$x$$)',
    'select * from record.sealed_subject',
    'select * from record.work_item',
    'select * from record.restriction',
    'select * from record.check',
    'select * from record.check_command',
    'select * from record.sealed_content',
    'select * from record.event',
    'select record.activate_command(gen_random_uuid())',
    'select record.follow_checks($${}$$, now()::date)',
  ])('may not: %s', async (sql) => {
    await expect(query(database.readerUrl, sql)).rejects.toMatchObject(REFUSED);
  });
});

const FUNCTIONS = [
  'audit.append(bigint,bytea,uuid[],timestamp with time zone[],text[],uuid[],text[],text[],text[],integer[],bytea)',
  'audit.keep_checkpoint(bigint,bytea,text)',
  'audit.keep_cosignature(bigint,text,text)',
  'audit.keep_text(uuid,integer,bytea)',
  'audit.leaf_hashes(bigint,integer)',
  'audit.lock_head()',
  'audit.make_partitions(integer)',
  'audit.place_hold(text,date,date,text)',
  'audit.read_checkpoint()',
  'audit.read_checkpoint_at(bigint)',
  'audit.read_head()',
  'audit.read_holds()',
  'audit.read_key_changes()',
  'audit.read_leaves(bigint,integer)',
  'audit.read_text(uuid)',
  'audit.read_witnessed()',
  'audit.release_hold(text,text)',
];

describe('what the gateway may execute of the log', () => {
  it('is these functions, and nobody else may', async () => {
    const may = (role: string) =>
      query(
        database.ownerUrl,
        `select oid::regprocedure::text as name from pg_proc
         where pronamespace = 'audit'::regnamespace and has_function_privilege($1, oid, 'execute') order by 1`,
        [role],
      );
    expect((await may('throughgate_gateway')).map(({ name }) => name)).toEqual(FUNCTIONS);
    expect(await may('throughgate_audit_reader')).toEqual([]);
    expect(await may('pg_monitor')).toEqual([]);
  });

  it.each(FUNCTIONS)('%s runs as its owner and finds no name where its caller could have put another', async (name) => {
    expect(
      await query(database.ownerUrl, 'select prosecdef, proconfig from pg_proc where oid = $1::regprocedure', [name]),
    ).toEqual([{ prosecdef: true, proconfig: ['search_path=pg_catalog, pg_temp'] }]);
  });
});

describe('what the gateway does as the owner beside the log', () => {
  it('is to let relationships follow what it keeps, and interests what was declared, and nobody else may', async () => {
    expect(
      await query(
        database.ownerUrl,
        `select oid::regprocedure::text as name, proconfig, has_function_privilege('pg_monitor', oid, 'execute') as others
         from pg_proc where pronamespace = 'record'::regnamespace and prosecdef order by 1`,
      ),
    ).toEqual(
      [
        'record.decide_interest(uuid,integer,boolean,text,timestamp with time zone)',
        'record.follow_checks(uuid[],date)',
        'record.follow_referrals(uuid[],date)',
        'record.put_interest_in_force(uuid)',
      ].map((name) => ({
        name,
        proconfig: ['search_path=pg_catalog, pg_temp'],
        others: false,
      })),
    );
  });
});

describe('prepareLogins', () => {
  it('may be repeated, and answers with URLs of logins that own nothing and can do nothing by themselves', async () => {
    const passwords = {
      gatewayPassword: decodeURIComponent(new URL(database.gatewayUrl).password),
      readerPassword: decodeURIComponent(new URL(database.readerUrl).password),
    };
    const logins = await prepareLogins(database.ownerUrl, passwords);
    expect(logins).toEqual({ gatewayUrl: database.gatewayUrl, readerUrl: database.readerUrl });
    for (const url of Object.values(logins)) {
      expect(
        await query(
          url,
          `select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as might,
            (select count(*)::int from pg_class where relowner = pg_roles.oid) as owned
          from pg_roles where rolname = session_user`,
        ),
      ).toEqual([{ might: false, owned: 0 }]);
    }
  });
});
