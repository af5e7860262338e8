import { type FieldProblem, readSpan } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import type { Access } from '../person/documents.ts';
import { PRACTITIONER_DOCUMENT, type PractitionerData } from './documents.ts';
import { viewOf } from './view.ts';

/** What one practitioner looked at, and which of it had no explanation. */
export const PRACTITIONER_PAGES: readonly Page[] = [{ path: '/practitioner', get: show }];

const USUAL_DAYS = 30;
const PAGE = 500;
/** Entries that one answer is made of. */
const MOST = 5_000;
const ID = /^[A-Za-z0-9-]{1,40}$/;

/** Ids of practitioners name nobody in the record: they may stand in an address, which then can be kept. */
async function show(visit: Visit, { query }: PageRequest): Promise<PageAnswer> {
  const { officer, policy, now } = visit;
  const practitioner = query.get('practitioner')?.trim() ?? '';
  const partner = query.get('partner') || officer.partner;
  const { span, typed, problems: wrong } = readSpan(query, { defaultDays: USUAL_DAYS, now });
  const isAsked = query.has('practitioner');
  const problems: FieldProblem[] = isAsked
    ? [...(ID.test(practitioner) ? [] : [MISSING]), ...(isTheirs(visit, partner) ? [] : [NOT_THEIRS]), ...wrong]
    : [];
  const filter = isAsked &&
    problems.length === 0 &&
    span && { from: span.from.toISOString(), to: span.to.toISOString(), partner, practitioner };
  const found = filter ? await entriesOf(visit, filter) : null;
  if (found && 'problem' in found) problems.push(found.problem);
  const isAnswered = found !== null && 'entries' in found;
  return {
    kind: 'page',
    template: 'pages/practitioner/practitioner.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: isAnswered ? `What ${practitioner} looked at` : 'Practitioner',
      problems,
      practitioner,
      partner,
      span: typed,
      partners: officer.isLead
        ? [...policy.partners.values()].map(({ code, name }) => ({
            value: code,
            text: name,
            selected: code === partner,
          }))
        : null,
      isOwn: practitioner === officer.practitioner && partner === officer.partner,
      view: isAnswered ? viewOf(found.entries, policy) : null,
      isCut: isAnswered && found.isCut,
    },
  };
}

const MISSING: FieldProblem = { text: 'Enter the practitioner’s id, such as PRO-0001', href: '#practitioner' };
const NOT_THEIRS: FieldProblem = {
  text: 'You can ask about practitioners of your own partner; the lead about any',
  href: '#practitioner',
};

function isTheirs({ officer }: Visit, partner: string): boolean {
  return officer.isLead || partner === officer.partner;
}

async function entriesOf(
  visit: Visit,
  filter: object,
): Promise<{ readonly entries: readonly Access[]; readonly isCut: boolean } | { readonly problem: FieldProblem }> {
  const entries: Access[] = [];
  let after: string | null = null;
  try {
    do {
      const { logEntries }: PractitionerData = await visit.ask<PractitionerData>(PRACTITIONER_DOCUMENT, {
        filter,
        first: PAGE,
        after,
      });
      entries.push(...(logEntries?.entries ?? []));
      after = logEntries?.hasNextPage ? logEntries.endCursor : null;
    } while (after !== null && entries.length < MOST);
  } catch (error) {
    if (!(error instanceof AskError) || error.code !== 'TOO_COMPLEX') throw error;
    return { problem: { text: 'That takes too long to look for: ask about fewer days', href: '#from' } };
  }
  return { entries, isCut: after !== null };
}
