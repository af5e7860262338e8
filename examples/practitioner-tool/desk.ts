import { randomUUID } from 'node:crypto';
import type { Client } from './client.ts';
import {
  AnswerDocument,
  type AnswerRequestInput,
  type CheckFindingAbout,
  type CheckMatch,
  DeskDocument,
  type DeskQuery,
} from './generated/graphql.ts';
import { NotUnderstood, numbered, type Screen, type Window } from './window.ts';
import { age, day, plain, table, when } from './words.ts';

type Check = NonNullable<NonNullable<DeskQuery['checks']>['edges'][number]['node']>;
type Request = NonNullable<Check['requests']>[number] & Pick<Check, 'type'>;
type Told = NonNullable<Request['told']>;
type Given = Pick<AnswerRequestInput, 'outcome' | 'searched' | 'findings' | 'narrative' | 'reason'>;

/** The window of a desk that must answer: a force's, or a children's authority's. */
export function deskWindow(client: Client): Window {
  let waiting: readonly Request[] = [];
  let opened: Request | null = null;
  /** Of `waiting`, so that the numbers on the screen stay. */
  const answered = new Set<Request['id']>();

  return {
    help: [
      'N                            open the Nth request: what is asked, and of whom',
      'nil SYSTEMS                  found, and nothing held: nil PNC,CALL_OUTS',
      'notrace SYSTEMS              nobody was found there; not a nil',
      'information SYSTEMS FINDINGS WORDS   information PNC CALL_OUT@ADDRESS Called twice in May.',
      'unable REASON                could not be answered: unable NOT_OUR_AREA',
      '                             the codes are those of policies/checks.yaml; after one that is wrong stand all there are',
      'list                         what waits for an answer, soonest due first',
    ].join('\n'),
    open: list,
    async act([word = '', ...rest]) {
      if (word === 'list') return list();
      if (/^\d+$/.test(word)) {
        const request = numbered(waiting, word);
        if (answered.has(request.id)) throw new NotUnderstood('That one is answered. "list" reads what still waits.');
        opened = request;
        return { text: requestScreen(opened), begins: true };
      }
      const given = answerOf(word, rest);
      if (!opened) throw new NotUnderstood('Open a request first, by its number on the list.');
      return answer(opened, given);
    },
  };

  async function list(): Promise<Screen> {
    const { checks } = await client.ask(DeskDocument, {});
    const found = (checks?.edges ?? []).flatMap(({ node }) => node ?? []);
    waiting = found.flatMap(({ type, requests }) => (requests ?? []).map((request) => ({ ...request, type })));
    opened = null;
    answered.clear();
    const rows = waiting.map(({ type, told, closed, targetAt, overdue, requestedAt }, n) => [
      `${n + 1}`,
      told?.name ?? plain(closed ?? 'NO_NAME'),
      plain(type),
      `asked: ${age(requestedAt)}`,
      `due ${when(targetAt)}${overdue ? ', OVERDUE' : ''}`,
    ]);
    const title = `Checks that wait for an answer, soonest due first: ${checks?.totalCount ?? waiting.length}`;
    return { text: [title, ...(rows.length > 0 ? ['', table(rows)] : [])].join('\n') };
  }

  async function answer({ id, version }: Request, given: Given): Promise<Screen> {
    const { answerRequest: result } = await client.ask(AnswerDocument, {
      input: { request: id, expectedVersion: version, ...given, idempotencyKey: randomUUID() },
    });
    if (!result?.ok) {
      const now = result?.allowedNow.length ? ` Now: ${result.allowedNow.join(', ')}.` : '';
      return { text: `It was not taken: ${result?.code ?? 'no answer'}.${now} "list" reads the requests again.` };
    }
    opened = null;
    answered.add(id);
    return { text: `Answered: ${plain(given.outcome)}. The asker sees it from now on.`, done: 'request answered' };
  }
}

/** @throws NotUnderstood where the line is no answer */
function answerOf(word: string, [first = '', ...rest]: readonly string[]): Given {
  switch (word) {
    case 'nil':
      return { outcome: 'NIL', searched: searches(first, 'CONFIRMED') };
    case 'notrace':
      return { outcome: 'NO_TRACE', searched: searches(first, 'NONE') };
    case 'unable':
      return { outcome: 'UNABLE', reason: first, searched: [] };
    case 'information': {
      const [findings = '', ...words] = rest;
      return {
        outcome: 'INFORMATION',
        searched: searches(first, 'CONFIRMED'),
        findings: findings.split(',').filter(Boolean).map(finding),
        narrative: words.join(' ') || null,
      };
    }
    default:
      throw new NotUnderstood(`There is no "${word}". "help" tells what there is.`);
  }
}

/** What was searched, by what the request told: the desk has no number of the person's. */
function searches(systems: string, match: CheckMatch): Given['searched'] {
  if (systems === '') throw new NotUnderstood('Say which systems were searched, such as PNC,CALL_OUTS.');
  return systems.split(',').map((system) => ({ system, by: 'NAME_AND_DATE_OF_BIRTH', match }));
}

const ABOUT: readonly CheckFindingAbout[] = ['PERSON', 'ADULT', 'CHILD', 'ADDRESS'];

function finding(word: string): NonNullable<Given['findings']>[number] {
  const [code = '', whom = 'PERSON'] = word.split('@');
  const about = ABOUT.find((each) => each === whom);
  if (!about) throw new NotUnderstood(`After @ stands one of ${ABOUT.join(', ')}.`);
  return { code, about };
}

function requestScreen({ type, told, closed, requestedAt, targetAt }: Request): string {
  const head = `${plain(type)} check, asked: ${age(requestedAt)}, due ${when(targetAt)}`;
  if (!told) return `${head}\nWhat it told is not to be had: ${plain(closed ?? 'NOT_SHARED')}.`;
  return [head, told.question, ...facts(told)].filter(Boolean).join('\n');
}

function facts(told: Told): string[] {
  const person = (each: { name?: string | null; dateOfBirth?: string | null; relationship: string }) =>
    `${each.name ?? 'name not known'}, born ${each.dateOfBirth ?? 'not known'} (${each.relationship})`;
  return [
    `  person    ${told.name ?? 'not told'}, born ${told.dateOfBirth ?? 'not told'}, released ${day(told.release)}`,
    ...(told.addresses ?? []).map(
      ({ kind, line, town, postcode }) =>
        `  address   ${[line, town, postcode].filter(Boolean).join(', ')} (${plain(kind)})`,
    ),
    ...(told.adults ?? []).map((each) => `  adult     ${person(each)}`),
    ...(told.children ?? []).map((each) => `  child     ${person(each)}`),
    ...(told.childrenBelievedPresent ? ['  children are believed to be there'] : []),
    ...(told.more ? [`  more      ${told.more}`] : []),
  ];
}
