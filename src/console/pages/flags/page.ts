import type { Page, PageAnswer, PageRequest, Visit } from '../../page.ts';
import { act } from './act.ts';
import { showCase } from './case.ts';
import { CASES_DOCUMENT, type CasesData } from './documents.ts';
import { headOf } from './words.ts';

/** Accesses that nothing explains: what to look at, and what somebody found. */
export const FLAGS_PAGES: readonly Page[] = [
  { path: '/flags', get: list },
  { path: '/flags/:reference', get: (visit, request) => showCase(visit, request, []), post: act },
];

const SIZE = 50;
const LISTS = [
  ['open', 'OPEN', 'Open'],
  ['mine', 'MINE', 'With you'],
  ['closed', 'CLOSED', 'Closed'],
] as const;
const ABOUT = [
  ['', null, 'anything'],
  ['practitioner', 'PRACTITIONER', 'a practitioner'],
  ['person', 'SUBJECT', 'a person looked at'],
  ['feed', 'FEED', 'a feed of relationships'],
] as const;

async function list(visit: Visit, { query }: PageRequest): Promise<PageAnswer> {
  const [list, code] = LISTS.find(([name]) => name === query.get('list')) ?? LISTS[0];
  const [about, aboutCode] = ABOUT.find(([name]) => name === query.get('about')) ?? ABOUT[0];
  const after = query.get('after');
  const variables = { list: code, about: aboutCode, first: SIZE, after };
  const { flagCases } = await visit.ask<CasesData>(CASES_DOCUMENT, variables);
  const pathTo = (which: string, whom: string = about, cursor = '') =>
    `/console/flags?${new URLSearchParams({ list: which, ...(whom && { about: whom }), ...(cursor && { after: cursor }) })}`;
  const cases = (flagCases?.cases ?? []).map((head) => headOf(head, visit.now, visit.policy));
  return {
    kind: 'page',
    template: 'pages/flags/list.njk',
    data: {
      title: 'Flags',
      list,
      about: ABOUT.map(([name, , text]) => ({ text, href: pathTo(list, name), isShown: name === about })),
      sections: LISTS.map(([name, , text]) => ({ text, href: pathTo(name), active: name === list })),
      cases,
      isPart: after !== null || flagCases?.hasNextPage === true,
      overdue: cases.filter(({ isOverdue }) => isOverdue).length,
      upTo: flagCases?.upTo ?? null,
      first: after === null ? null : pathTo(list),
      next: flagCases?.hasNextPage && flagCases.endCursor ? pathTo(list, about, flagCases.endCursor) : null,
    },
  };
}
