import pg from 'pg';
import { systemClock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { keptChecks } from '../contract/kept-checks.ts';

const CHECKS = 30;
const APART_MILLISECONDS = 1_000;
const RESPONDER = 'southdale-police';

/** Checks that become due one after the other while things go wrong, of a responder that answers by its subgraph. */
export async function askChecks(
  ownerUrl: string,
  config: Pick<Config, 'databaseUrl' | 'auditHmacKeys' | 'policiesDir' | 'schemaDir'>,
): Promise<void> {
  const people = await read<{ person: string }>(
    ownerUrl,
    `select person from record.link where holder = '${RESPONDER}' and current and confidence = 1
    and not exists (select from record.restriction where restriction.person = link.person)
    order by person limit ${CHECKS}`,
  );
  const begun = systemClock.now().getTime();
  let asked = 0;
  const clock = { now: () => new Date(begun + asked * APART_MILLISECONDS) };
  const kept = await keptChecks({ config, clock });
  try {
    for (const { person } of people) {
      await kept.ask({ person, responders: [RESPONDER] });
      asked += 1;
    }
  } finally {
    await kept.close();
  }
}

/**
 * What is wrong with what became of them: an answer that is in force and not in the log, one that came twice, or one that
 * nobody was told of. What a gateway died over may still wait to be taken up.
 */
export async function wrongChecks(ownerUrl: string): Promise<string[]> {
  const checks = await read<{ id: string; request: string; state: string; events: number }>(
    ownerUrl,
    `select c.id::text, r.id::text as request, r.state,
      (select count(*)::int from record.event where reference = c.id::text and kind = 'CHECK_RETURNED') as events
    from record.check as c join record.check_request as r on r.check_id = c.id`,
  );
  const entries = await read<{ body: Buffer }>(
    ownerUrl,
    `select body from audit.entry where kind in ('watch', 'disclosure') order by index`,
  );
  const deeds = entries.map(({ body }) => {
    const { deed, recipient } = JSON.parse(body.toString());
    return deed ? `${deed.field} ${deed.reference}` : `told ${recipient?.partner} ${recipient?.reference}`;
  });
  const logged = new Set(deeds);
  const answered = checks.filter(({ state }) => state === 'RETURNED');
  return [
    ...(answered.length > 0 ? [] : [`of ${checks.length} checks none was answered`]),
    ...answered.flatMap(({ request, events }) => [
      ...(logged.has(`answer ${request}`) ? [] : [`the answer to ${request} is in force and not in the log`]),
      ...(logged.has(`told ${RESPONDER} ${request}`)
        ? []
        : [`${request} was answered and the log has nobody told of it`]),
      ...(events === 1 ? [] : [`${request} was answered with ${events} events`]),
    ]),
    ...checks
      .filter(({ state, events }) => state !== 'RETURNED' && events > 0)
      .map(({ request }) => `${request} has no answer, and an event of one`),
  ];
}

async function read<Row extends pg.QueryResultRow>(ownerUrl: string, sql: string): Promise<Row[]> {
  const session = new pg.Client({ connectionString: ownerUrl });
  await session.connect();
  try {
    return (await session.query<Row>(sql)).rows;
  } finally {
    await session.end();
  }
}
