import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import {
  AskChecksDocument,
  type AskChecksMutation,
  OpenChecksDocument,
  type OpenChecksQuery,
  ReleasesDocument,
  type ReleasesQuery,
  SendPackDocument,
  SentPacksDocument,
  type SentPacksQuery,
  WhatChangedDocument,
  type WhatChangedQuery,
} from './generated/graphql.ts';
import { NotUnderstood, numbered, type Screen, type Window } from './window.ts';
import { age, ageOf, day, plain, table, when } from './words.ts';

type Person = NonNullable<NonNullable<ReleasesQuery['releases']>['edges'][number]['node']>;
type Check = NonNullable<NonNullable<OpenChecksQuery['checks']>['edges'][number]['node']>;
type Pack = NonNullable<NonNullable<SentPacksQuery['referralPack']>['edges'][number]['node']>;
type Change = NonNullable<WhatChangedQuery['changes']>['items'][number];
type Gap = NonNullable<Person['gaps']>['items'][number];
type Asked = NonNullable<AskChecksMutation['requestChecks']>;

/** Rules of `policies/gaps.yaml` that a check closes. */
const CLOSED_BY: Readonly<Record<string, Check['type']>> = {
  DOMESTIC_ABUSE_CHECK: 'DOMESTIC_ABUSE',
  CHILDRENS_CHECK: 'CHILDRENS_SERVICES',
};
/** What is told of a pack that a provider answered. */
const PACK_ANSWERED: readonly string[] = ['REFERRAL_ANSWERED', 'BED_REFUSED'];
/** Where a code alone does not say what to do. */
const NOT_ASKED_BECAUSE: Readonly<Record<string, string>> = {
  NO_ADDRESS: 'no release address is recorded; open the person for whom to ring',
  NOT_KNOWN: 'a holder did not tell the name, the date of birth, the release date or the address; open the person',
  NO_RESPONDER: 'nobody is known to be responsible for the address; open the person and "ask" whom you name',
};
const DAYS_AHEAD = 31;
const MOST_AT_ONCE = 200;
const WAIT_SECONDS = 60;
const POLL_MILLISECONDS = 1_000;

/**
 * The window of the practitioner who must see releases in time.
 * @param from the first day of the list, `YYYY-MM-DD`
 */
export function practitionerWindow(client: Client, from: string): Window {
  let people: readonly Person[] = [];
  let opened: Person | null = null;
  /** What `yes` would do. */
  let proposed: (() => Promise<Screen>) | null = null;
  /** Where what changed was read up to. */
  let since: string | null = null;

  return {
    help: [
      'N                        open the Nth person: every gap, whose it is, and the number to ring',
      'ask                      ask every check that is missing, of everybody on the list; then "yes"',
      'ask RESPONDER ...        for the person who is open, at a border: name whom to ask; then "yes"',
      "refer PROVIDER WHEN HOW  send the open person's referral pack, such as",
      '                         refer harbour-homes 2026-12-14T15:00Z KEY_WORKER; then "yes"',
      'checks                   what was asked, and what came back',
      'packs                    which referral packs were sent, and what the providers said',
      'wait [SECONDS]           until something changes',
      'list                     the releases of the next month, worst first',
    ].join('\n'),
    async open() {
      await changed();
      return list();
    },
    async act([word = '', ...rest]) {
      const agreed = proposed;
      proposed = null;
      switch (word) {
        case 'list':
          return list();
        case 'ask':
          return rest.length === 0 ? proposeAll() : proposeOne(rest);
        case 'refer':
          return proposePack(rest);
        case 'checks':
          return checkScreen(await openChecks());
        case 'packs':
          return packScreen(await sentPacks());
        case 'wait':
          return wait(rest[0] === undefined ? WAIT_SECONDS : Number(rest[0]));
        case 'yes':
          if (!agreed) throw new NotUnderstood('There is nothing to say yes to.');
          return agreed();
        default:
          if (!/^\d+$/.test(word)) throw new NotUnderstood(`There is no "${word}". "help" tells what there is.`);
          opened = numbered(people, word);
          return { text: personScreen(opened), begins: true, done: 'from a gap to the telephone number' };
      }
    },
  };

  async function list(): Promise<Screen> {
    const to = new Date(Date.parse(`${from}T00:00:00Z`) + DAYS_AHEAD * 86_400_000).toISOString().slice(0, 10);
    const found: Person[] = [];
    let after: string | null | undefined;
    do {
      const { releases } = await client.ask(ReleasesDocument, { from, to, first: MOST_AT_ONCE, after: after ?? null });
      found.push(...(releases?.edges.flatMap(({ node }) => node ?? []) ?? []));
      after = releases?.pageInfo.hasNextPage ? releases.pageInfo.endCursor : null;
    } while (after != null);
    people = found;
    opened = null;
    const title = `Releases from ${day(from)} to ${day(to)}, worst first: ${people.length}`;
    const rows = people.map((person, n) => [`${n + 1}`, ...summary(person)]);
    return { text: `${title}\n\n${table(rows)}` };
  }

  async function proposeAll(): Promise<Screen> {
    const open = new Set((await openChecks()).map(({ type, person }) => `${person?.id} ${type}`));
    const missing = people.filter(({ id, gaps }) =>
      gaps?.items.some(({ rule }) => rule in CLOSED_BY && !open.has(`${id} ${CLOSED_BY[rule]}`)),
    );
    if (missing.length === 0)
      throw new NotUnderstood('Everybody on the list has their checks asked. "checks" tells how they stand.');
    if (missing.length > MOST_AT_ONCE) {
      throw new NotUnderstood(`Checks of ${missing.length} people are missing; ${MOST_AT_ONCE} can be asked at once.`);
    }
    proposed = () => askAbout(missing.map(({ id }) => ({ person: id })));
    const names = missing.map((person) => `  ${nameOf(person)}, released ${day(person.custody?.releaseDate)}`);
    const text = `Every check that is missing, people: ${missing.length}\n${names.join('\n')}\n"yes" asks them.`;
    return { text, begins: true };
  }

  function proposeOne(responders: readonly string[]): Screen {
    const person = theOpen();
    proposed = () => askAbout([{ person: person.id, responders: [...responders] }]);
    return { text: `Checks of ${nameOf(person)}, of ${responders.join(' and ')} too. "yes" asks them.` };
  }

  async function askAbout(asked: { person: string | number; responders?: string[] }[]): Promise<Screen> {
    const { requestChecks: result } = await client.ask(AskChecksDocument, {
      input: { people: asked, idempotencyKey: randomUUID() },
    });
    if (!result?.ok) return { text: `Nothing was asked: ${result?.code ?? 'no answer'}.` };
    const sent = result.results.flatMap(({ checks }) => checks.flatMap(askedOf));
    const left = result.results.filter(({ ok }) => !ok);
    const rows = [...left, ...result.results.filter(({ ok }) => ok)].map((each) => [
      nameById(each.person),
      ...askedCells(each),
    ]);
    const asking = left.length < result.results.length ? 'all checks asked' : 'nothing asked';
    const done = `${asking}${left.length > 0 ? `, ${left.length} still to see to` : ''}`;
    return { text: `Requests with their responders: ${sent.length}\n\n${table(rows)}`, done };
  }

  function proposePack([provider, arrives, broughtBy]: readonly string[]): Screen {
    const person = theOpen();
    if (!provider || !broughtBy || !arrives || Number.isNaN(Date.parse(arrives))) {
      throw new NotUnderstood('refer needs a provider, an instant and who brings the person: see "help".');
    }
    const arrivesAt = new Date(arrives).toISOString();
    proposed = async () => {
      const { sendReferralPack: result } = await client.ask(SendPackDocument, {
        input: { person: person.id, provider, arrivesAt, broughtBy, idempotencyKey: randomUUID() },
      });
      if (!result?.ok) return { text: `It was not sent: ${result?.code ?? 'no answer'}.` };
      return { text: `Sent to ${provider}. The answer comes here: "wait".`, done: 'referral pack sent' };
    };
    const words = `${nameOf(person)} to ${provider}, arriving ${when(arrivesAt)}: ${plain(broughtBy)}.`;
    return { text: `${words} "yes" sends the pack, and opens the record to them while they decide.` };
  }

  /** Those that are not done, soonest due first. */
  async function openChecks(): Promise<Check[]> {
    const found: Check[] = [];
    let after: string | null | undefined;
    do {
      const { checks } = await client.ask(OpenChecksDocument, { after: after ?? null });
      found.push(...(checks?.edges.flatMap(({ node }) => node ?? []) ?? []));
      after = checks?.pageInfo.hasNextPage ? checks.pageInfo.endCursor : null;
    } while (after != null);
    return found;
  }

  async function sentPacks(): Promise<Pack[]> {
    const { referralPack: packs } = await client.ask(SentPacksDocument, {});
    return packs?.edges.flatMap(({ node }) => node ?? []) ?? [];
  }

  /** What happened since this was last asked. */
  async function changed() {
    const items: Change[] = [];
    for (let more = true; more; ) {
      const { changes } = await client.ask(WhatChangedDocument, { since });
      items.push(...(changes?.items ?? []));
      since = changes?.next ?? since;
      more = changes?.more ?? false;
    }
    return items;
  }

  async function wait(seconds: number): Promise<Screen> {
    const until = Date.now() + seconds * 1_000;
    for (;;) {
      const items = await changed();
      if (items.length > 0) {
        const news = items.map(({ kind, at, person }) => [plain(kind), nameById(person), age(at)]);
        const answered = items.filter(({ kind }) => PACK_ANSWERED.includes(kind));
        const theirs = (await openChecks()).filter(({ person }) => items.some((each) => each.person === person?.id));
        const packs = (await sentPacks()).filter(({ person }) => answered.some((each) => each.person === person?.id));
        const tables = [table(news), table(theirs.flatMap(checkLines)), table(packs.map(packLine))];
        return { text: tables.filter(Boolean).join('\n\n') };
      }
      if (Date.now() >= until) return { text: 'Nothing changed.' };
      await sleep(POLL_MILLISECONDS);
    }
  }

  function theOpen(): Person {
    if (!opened) throw new NotUnderstood('Open somebody first, by their number on the list.');
    return opened;
  }

  function nameById(id: string | number): string {
    const person = people.find((each) => each.id === id);
    return person ? nameOf(person) : 'Somebody who is not on the list';
  }
}

function nameOf(person: Pick<Person, 'identity'> | null | undefined): string {
  return person?.identity?.name ?? 'Name not known';
}

function summary(person: Person): string[] {
  const { gaps, custody } = person;
  const count = (severity: Gap['severity']) => gaps?.items.filter((gap) => gap.severity === severity).length ?? 0;
  const [worst] = gaps?.items ?? [];
  const clear = gaps?.nothingMissing ? 'nothing missing' : 'not everything could be looked at';
  return [
    `${nameOf(person)}`,
    `${day(custody?.releaseDate)} (${ageOf(person, 'custody')})`,
    `${count('RED')} red, ${count('AMBER')} amber`,
    worst ? `${worst.words} (${age(worst.asOf)})` : clear,
  ];
}

function personScreen(person: Person): string {
  const { gaps, custody } = person;
  const lines = (gaps?.items ?? []).flatMap(({ severity, words, owner, dueOn, asOf, dates, acknowledged }) => [
    `${severity.padEnd(5)} ${words} (${age(asOf)})`,
    `      ring ${owner.telephone}, ${owner.name ?? plain(owner.role)}${owner.hours ? `, ${owner.hours}` : ''}`,
    ...(dueOn ? [`      due ${day(dueOn)}`] : []),
    ...dates.map(({ what, on }) => `      ${plain(what)}: ${day(on)}`),
    ...(acknowledged ? [`      ${acknowledged.by} is at work on it`] : []),
  ]);
  const unseen = (gaps?.notLooked ?? []).map(
    ({ rule, why, holder }) => `not known: ${plain(rule)} (${plain(why)}${holder ? `, ${holder}` : ''})`,
  );
  const head = [
    `${nameOf(person)} (${ageOf(person, 'identity')})`,
    `released ${day(custody?.releaseDate)} (${ageOf(person, 'custody')})`,
  ].join(', ');
  return [
    head,
    '',
    ...(gaps?.nothingMissing ? ['Nothing is missing; every holder was asked.'] : lines),
    ...unseen,
  ].join('\n');
}

/** The responders that have a question. */
function askedOf({ requests }: Pick<Asked['results'][number]['checks'][number], 'requests'>): string[] {
  return (requests ?? []).flatMap(({ responder, state }) => (state === 'NOT_ASKED' ? [] : [responder]));
}

function askedCells({ ok, code, checks, choices, notAsked }: Asked['results'][number]): string[] {
  const of = checks.flatMap(({ type, requests }) => {
    const responders = askedOf({ requests });
    return responders.length > 0 ? `${plain(type)}: ${responders.join(', ')}` : [];
  });
  const border = choices.map(
    ({ district, responders }) => `${district} is on a border, so open the person and "ask" ${responders.join(' or ')}`,
  );
  const ring = notAsked.map(
    ({ responder, desk }) => `${responder} may not be told: ring ${desk?.telephone ?? 'its desk'}`,
  );
  const hint = code == null ? undefined : NOT_ASKED_BECAUSE[code];
  return [ok ? 'asked' : plain(code ?? ''), [...of, ...border, ...ring, ...(hint ? [hint] : [])].join('; ')];
}

function checkScreen(checks: readonly Check[]): Screen {
  return {
    text: [`Checks that are not done: ${checks.length}`, '', table(checks.flatMap(checkLines))].join('\n').trimEnd(),
  };
}

function packScreen(packs: readonly Pack[]): Screen {
  return { text: [`Referral packs sent: ${packs.length}`, '', table(packs.map(packLine))].join('\n').trimEnd() };
}

function packLine({ person, provider, state, arrivesAt, answeredAt, sentAt, reason, text }: Pack): string[] {
  const why = [reason && plain(reason), text].filter(Boolean).join(': ');
  return [
    nameOf(person),
    provider,
    `arrives ${when(arrivesAt)}`,
    `${plain(state)} (${age(answeredAt ?? sentAt)})${why ? ` ${why}` : ''}`,
  ];
}

function checkLines({ type, state, person, requests }: Check): string[][] {
  return (requests ?? []).map((request) => [
    nameOf(person),
    plain(type),
    request.responder,
    `${plain(request.state)}${request.overdue ? ', OVERDUE' : ''} (${age(request.returnedAt ?? request.requestedAt)})`,
    answerOf(request, state),
  ]);
}

function answerOf(request: NonNullable<Check['requests']>[number], state: Check['state']): string {
  const { answer, closed, breachAt, desk } = request;
  if (answer) {
    const found = (answer.findings ?? []).map(({ code }) => plain(code)).join(', ');
    const by = answer.searched.map(({ system, match }) => `${system} ${plain(match)}`).join(', ');
    const outcome = answer.outcome === 'NIL' ? 'NIL RETURN' : plain(answer.outcome).toUpperCase();
    const words = [found, answer.narrative ?? '', by && `searched ${by}`, answer.automatic ? 'by a system' : ''];
    return `${outcome}${answer.reason ? `: ${plain(answer.reason)}` : ''} ${words.filter(Boolean).join('; ')}`.trim();
  }
  if (closed) return `closed: ${plain(closed)}`;
  if (state === 'WITHDRAWN') return '';
  const ring = desk ? `; ring ${desk.telephone}` : '';
  return breachAt == null ? `may not be told${ring}` : `no answer yet; late after ${when(breachAt)}${ring}`;
}
