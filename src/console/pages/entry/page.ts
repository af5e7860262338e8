import type { Page, PageAnswer, Visit } from '../../page.ts';
import { ENTRY_DOCUMENT, ENTRY_PROOF_DOCUMENT, type EntryData, type EntryProofData } from './documents.ts';
import { entryView } from './view.ts';

/** Why something was shown or not, who approved the rule, whether it still is, and that nobody altered the entry. */
export const ENTRY_PAGES: readonly Page[] = [
  {
    path: '/entry',
    // An entry's id is random and tells of nobody: it may stand in an address.
    get: async (_visit, { query }) => {
      const id = query.get('id')?.trim() ?? '';
      return UUID.test(id) ? { kind: 'redirect', to: `/entry/${id.toLowerCase()}` } : noSuchEntry();
    },
  },
  { path: '/entry/:id', get: async (visit, { parts }) => show(visit, parts['id'] ?? '') },
  {
    path: '/entry/:id/proof',
    get: (visit, { parts }) => file(visit, parts['id'] ?? '', 'proof'),
  },
  {
    path: '/entry/:id/bytes',
    get: (visit, { parts }) => file(visit, parts['id'] ?? '', 'bytes'),
  },
];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

async function show(visit: Visit, id: string): Promise<PageAnswer> {
  const { logEntry } = await visit.ask<EntryData>(ENTRY_DOCUMENT, { id });
  if (logEntry === null) return noSuchEntry();
  const { entry, inclusion } = logEntry;
  return {
    kind: 'page',
    template: 'pages/entry/entry.njk',
    data: { title: 'Entry', ...logEntry, ...entryView(logEntry, visit.policy), name: fileName(entry.id), inclusion },
  };
}

/** The same for an entry that is closed to the officer, for one that is not theirs, and for none. */
function noSuchEntry(): PageAnswer {
  return { kind: 'page', template: 'pages/entry/none.njk', status: 404, data: { title: 'No such entry' } };
}

async function file(visit: Visit, id: string, what: 'proof' | 'bytes'): Promise<PageAnswer> {
  const { logEntry } = await visit.ask<EntryProofData>(ENTRY_PROOF_DOCUMENT, { id });
  const body = logEntry?.inclusion[what] ?? null;
  if (body === null) return noSuchEntry();
  const name = fileName(id);
  return what === 'proof'
    ? { kind: 'file', name: `${name}.proof`, type: 'text/plain; charset=utf-8', body }
    : { kind: 'file', name: `${name}.entry`, type: 'application/json', body };
}

function fileName(id: string): string {
  return `entry-${id.slice(0, 8)}`;
}
