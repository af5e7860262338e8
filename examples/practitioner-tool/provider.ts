import { randomUUID } from 'node:crypto';
import type { Client } from './client.ts';
import { AnswerPackDocument, PacksDocument, type PacksQuery } from './generated/graphql.ts';
import { NotUnderstood, numbered, type Screen, type Window } from './window.ts';
import { age, ageOf, plain, table, when } from './words.ts';

type Pack = NonNullable<NonNullable<PacksQuery['referralPack']>['edges'][number]['node']>;

/** The window of a provider that is asked to take somebody. */
export function providerWindow(client: Client): Window {
  let waiting: readonly Pack[] = [];
  let opened: Pack | null = null;
  /** Of `waiting`, so that the numbers on the screen stay. */
  const answered = new Set<Pack['id']>();

  return {
    help: [
      'N                    open the Nth referral pack',
      'accept               take the person',
      'refuse REASON WORDS  refuse NO_BED Every room is taken until the spring.',
      'list                 referral packs without an answer',
    ].join('\n'),
    open: list,
    async act([word = '', reason = '', ...words]) {
      if (word === 'list') return list();
      if (/^\d+$/.test(word)) {
        const pack = numbered(waiting, word);
        if (answered.has(pack.id)) throw new NotUnderstood('That one is answered. "list" reads what still waits.');
        opened = pack;
        return { text: packScreen(opened), begins: true };
      }
      if (word !== 'accept' && word !== 'refuse') {
        throw new NotUnderstood(`There is no "${word}". "help" tells what there is.`);
      }
      if (!opened) throw new NotUnderstood('Open a pack first, by its number on the list.');
      return answer(opened, word === 'accept' ? { accepts: true } : { accepts: false, reason, text: words.join(' ') });
    },
  };

  async function list(): Promise<Screen> {
    const { referralPack: packs } = await client.ask(PacksDocument, {});
    waiting = (packs?.edges ?? []).flatMap(({ node }) => node ?? []);
    opened = null;
    answered.clear();
    const rows = waiting.map(({ person, arrivesAt, sentAt }, n) => [
      `${n + 1}`,
      person?.identity?.name ?? 'Name not known',
      `arrives ${when(arrivesAt)}`,
      `sent: ${age(sentAt)}`,
    ]);
    return {
      text: [`Referral packs that wait for an answer: ${packs?.totalCount ?? waiting.length}`, '', table(rows)]
        .join('\n')
        .trimEnd(),
    };
  }

  async function answer(
    { id, version }: Pack,
    given: { accepts: boolean; reason?: string; text?: string },
  ): Promise<Screen> {
    const { answerReferral: result } = await client.ask(AnswerPackDocument, {
      input: { pack: id, expectedVersion: version, ...given, idempotencyKey: randomUUID() },
    });
    if (!result?.ok) return { text: `It was not taken: ${result?.code ?? 'no answer'}. "list" reads the packs again.` };
    opened = null;
    answered.add(id);
    return { text: given.accepts ? 'Accepted.' : 'Refused. Probation sees why.', done: 'referral answered' };
  }
}

function staffRisk(isThere: boolean | null | undefined): string {
  if (isThere == null) return 'risk to staff not known';
  return isThere ? 'RISK TO STAFF' : 'no risk to staff recorded';
}

function packScreen({ person, arrivesAt, broughtBy, contacts, sentAt }: Pack): string {
  const list = (codes: readonly string[] | null | undefined) => codes?.map(plain).join(', ') || 'none recorded';
  return [
    `${person?.identity?.name ?? 'Name not known'} (${ageOf(person, 'identity')})`,
    ...table([
      ['arrives', `${when(arrivesAt)}, ${plain(broughtBy)} (sent: ${age(sentAt)})`],
      ['needs', `${list(person?.identity?.accessNeeds)} (${ageOf(person, 'identity')})`],
      ['the place', `${list(person?.supervision?.placementConditions)} (${ageOf(person, 'supervision')})`],
      ['staff', `${staffRisk(person?.risk?.riskToStaff)} (${ageOf(person, 'risk')})`],
      ...contacts.map(({ hours, name, telephone }) => [hours, `${name}, ${telephone}`]),
    ])
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n');
}
