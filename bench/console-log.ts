import type { Pseudonyms } from '../src/audit/pseudonym.ts';
import type { AuditDatabase } from './audit-database.ts';
import { fillLog } from './fill-log.ts';

const DAY = 86_400_000;
const PER_WEEK = 100_000;
/** So many entries about one person and of one practitioner, however long the log is. */
const PER_SUBJECT = 50;
const PER_PRACTITIONER = 400;
const CHUNK = 100_000;
/** Places far above those that the gateway gives its own entries meanwhile. */
const LOWEST_PLACE = 500_000_000;
const FIRST_PLACE = 1_000_000_000;

/** A log that ends now: as many more weeks, people and practitioners as it is longer. */
export interface FilledLog {
  readonly first: Date;
  /** Those of somebody whom the gateway knows. */
  readonly people: readonly string[];
  practitioner(n: number): string;
}

/**
 * Writes a log of operations of two entries each, in place of the last one, as the gateway writes them: a request, and what
 * was shown of one person. Some are of people whom the gateway knows, the rest of others.
 * @param known the gateway's keys of people
 */
export async function fillForConsole(
  sql: AuditDatabase['sql'],
  { until, known, pseudonyms }: { until: number; known: readonly string[]; pseudonyms: Pseudonyms },
): Promise<FilledLog> {
  const now = Date.now();
  const first = new Date(now - (until / PER_WEEK) * 7 * DAY);
  const at = `(timestamptz '${new Date(now).toISOString()}' - make_interval(secs => n * ${(7 * DAY) / 1_000 / PER_WEEK}))`;
  const refs = known.map((person) => pseudonyms.ofPerson(person).ref);
  const subjects = until / PER_SUBJECT;
  for (const table of ['entry', 'leaf']) await sql(`delete from audit.${table} where index > ${LOWEST_PLACE}`);
  await fillLog(sql, { first, last: new Date(now + 31 * DAY) }, async () => {
    await sql('create temporary table known_ref (n int primary key, ref text not null) on commit preserve rows');
    await sql('insert into known_ref select n - 1, ref from unnest($1::text[]) with ordinality as given (ref, n)', [
      refs,
    ]);
    for (let n = 0; n < until; n += CHUNK) {
      await sql(
        `with made as materialized (
           select ${FIRST_PLACE} - n as index, gen_random_uuid() as id, ${at} as at, n % 2 = 0 as shown,
             md5('request' || n / 2)::uuid as request, 'PRO-' || abs(hashint8(n / 2) % $3::int) as who,
             abs(hashint8(n / 2 + 17) % $4::int) as whom
           from generate_series($1::bigint, $2::bigint) as n
         ), written as (
           select index, id, at, case when shown then 'disclosure' else 'request' end as kind, request, who,
             case when shown then coalesce(known_ref.ref, rpad('person-' || whom, 43, 'x')) end as subject,
             convert_to((jsonb_build_object('v', 2, 'id', id,
               'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
               'requestId', request, 'trace', null, 'network', '127.0.0.1', 'node', 'bench', 'purpose', 'RELEASE_PLANNING',
               'policy', repeat('a', 64), 'operation', jsonb_build_object('name', null, 'hash', repeat('b', 64)),
               'actor', jsonb_build_object('partner', 'probation-service', 'practitioner', who, 'role',
                 'probation-practitioner', 'client', 'probation-case-management', 'issuer', 'https://identity.example', 'subject',
                 md5(who), 'name', 'A Practitioner', 'tokenId', gen_random_uuid())) ||
               case when shown then jsonb_build_object('kind', 'disclosure', 'processing', 'disclosure', 'outcome', 'shown',
                 'subject', jsonb_build_object('ref', coalesce(known_ref.ref, rpad('person-' || whom, 43, 'x')), 'epoch', 1),
                 'relationship', jsonb_build_object('type', 'SUPERVISION_ALLOCATION', 'evidence', 'case ' || whom,
                   'assertedBy', 'probation-service'),
                 'agreements', jsonb_build_array('PRI-PRB-01'), 'basis', jsonb_build_array('Offender Management Act 2007 s14'),
                 'classes', jsonb_build_array('custody.release', 'custody.sentence'), 'breakGlass', null, 'withheld', '[]'::jsonb,
                 'released', jsonb_build_array('hmpps-prisons|Custody.releaseDate', 'hmpps-prisons|Custody.sentenceType'),
                 'reasons', jsonb_build_array(jsonb_build_object('gate', 'relationship', 'outcome', 'pass', 'code', 'OK',
                   'ref', 'SUPERVISION_ALLOCATION')),
                 'sections', jsonb_build_array(jsonb_build_object('section', 'custody', 'holder', 'hmpps-prisons', 'status',
                   'AVAILABLE', 'asked', true)))
               else jsonb_build_object('kind', 'request', 'processing', 'consultation', 'outcome', 'answered', 'status', 200,
                 'reasons', '[]'::jsonb, 'sources', jsonb_build_array('hmpps-prisons'),
                 'counts', jsonb_build_object('subjects', 1, 'shown', 1, 'considered', 1)) end)::text, 'UTF8') as body
           from made left join known_ref on known_ref.n = whom
         ), leaves as (
           insert into audit.leaf (index, entry_id, hash) select index, id, sha256(body) from written
         )
         insert into audit.entry (index, period, id, at, kind, request_id, partner, practitioner, subject, body)
         select index, date_trunc('month', at at time zone 'UTC')::date, id, at, kind, request, 'probation-service', who, subject,
           body
         from written`,
        [n, Math.min(n + CHUNK, until) - 1, until / PER_PRACTITIONER, subjects],
      );
    }
    await sql('drop table known_ref');
  });
  // As a gateway that has run all the while, which has read its own log to the end.
  await sql(
    `insert into record.digest (sole, next, up_to) values (true, $1, now())
     on conflict (sole) do update set next = excluded.next, up_to = excluded.up_to`,
    [FIRST_PLACE + 1],
  );
  return {
    first,
    people: known.slice(0, Math.floor(subjects)),
    practitioner: (n) => `PRO-${(n * 9_973) % (until / PER_PRACTITIONER)}`,
  };
}
