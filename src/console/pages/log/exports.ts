import { randomUUID } from 'node:crypto';
import type { Bundle } from '../../../policy/bundle.ts';
import { askAgain } from '../../ask-again.ts';
import type { FieldProblem } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { FIELD_NAMES, type FieldName, filterWords, readSearch, type Search } from './filter.ts';
import { problemOf } from './search.ts';
import { sectionsOf } from './sections.ts';

const LIST = `query LogExports($reference: ID) {
  logExports(reference: $reference) { reference format state from to filters startedAt until entries progress }
}`;
const START = `mutation StartLogExport($input: StartLogExportInput!) { startLogExport(input: $input) { ok code } }`;
const PART = `query LogExportPart($reference: ID!, $part: Int!) {
  logExportPart(reference: $reference, part: $part) { text done }
}`;

interface Export {
  readonly reference: string;
  readonly format: keyof typeof FORMATS;
  readonly state: keyof typeof STATES;
  readonly from: string;
  readonly to: string;
  readonly filters: readonly string[];
  readonly startedAt: string;
  readonly until: string;
  readonly entries: number;
  readonly progress: number;
}

interface Part {
  readonly text: string;
  readonly done: boolean;
}

const FORMATS = {
  CSV: { words: 'CSV, for a spreadsheet', ending: 'csv', type: 'text/csv; charset=utf-8' },
  NDJSON: { words: 'NDJSON, for programs', ending: 'ndjson', type: 'application/x-ndjson; charset=utf-8' },
  SIGNED: {
    words: 'Signed, to give away as evidence',
    ending: 'signed.ndjson',
    type: 'application/x-ndjson; charset=utf-8',
  },
} as const;

const STATES = {
  RUNNING: 'Being made',
  READY: 'Ready',
  INTERRUPTED: 'Interrupted: start it again',
  TOO_MANY: 'Too many entries for one file (100,000): ask about fewer days',
  FAILED: 'The log could not be read to the end: start it again',
} as const;

export const EXPORT_PAGES: readonly Page[] = [
  { path: '/log/exports', get: (visit, { form }) => list(visit, [], form), post: start },
  { path: '/log/exports/:reference/file', get: file },
];

/** @param form an export that was asked for and not begun */
async function list(visit: Visit, problems: readonly FieldProblem[], form: URLSearchParams): Promise<PageAnswer> {
  const { logExports } = await visit.ask<{ logExports: readonly Export[] }>(LIST, { reference: null });
  return {
    kind: 'page',
    template: 'pages/log/exports.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Exports of the log',
      problems,
      sections: sectionsOf(visit.officer, '/console/log/exports'),
      exports: logExports.map((each) => shownOf(visit.policy, each)),
      pending:
        form.size > 0 ? { format: form.get('format'), carried: [...form].filter(([name]) => name !== 'format') } : null,
      isRunning: logExports.some(({ state }) => state === 'RUNNING'),
      hasSigned: logExports.some(({ format, state }) => format === 'SIGNED' && state === 'READY'),
    },
  };
}

function shownOf(policy: Bundle, { format, state, filters, ...each }: Export) {
  return {
    ...each,
    format: FORMATS[format].words,
    stateWords: STATES[state],
    state,
    said: exportWords(policy, filters),
    href: state === 'READY' ? `/console/log/exports/${each.reference}/file` : null,
  };
}

/** `kind=disclosure` and the like in words. */
export function exportWords(policy: Bundle, filters: readonly string[]): string[] {
  const asked = Object.fromEntries(FIELD_NAMES.map((name) => [name, ''])) as Record<FieldName, string>;
  const others: string[] = [];
  for (const filter of filters) {
    const [name = '', ...rest] = filter.split('=');
    const field = name === 'dataClass' ? 'class' : name;
    if (rest.length > 0 && field in asked) asked[field as FieldName] = rest.join('=');
    else others.push(name === 'person' ? 'About one person' : 'One request');
  }
  return [...others, ...filterWords(policy, { asked: asked as Search['asked'], person: null })];
}

async function start(visit: Visit, { form }: PageRequest): Promise<PageAnswer> {
  const { filter, problems } = await readSearch(visit, form);
  const format = form.get('format') ?? '';
  if (filter === null) return list(visit, problems, form);
  if (!Object.hasOwn(FORMATS, format))
    return list(visit, [{ text: 'Choose what kind of file it is', href: '#format' }], form);
  const idempotencyKey = form.get('key') || randomUUID();
  try {
    const input = { filter, format, idempotencyKey };
    const { startLogExport } = await askAgain<{ startLogExport: { ok: boolean } }>(visit, START, { input });
    if (startLogExport.ok) return { kind: 'redirect', to: '/log/exports' };
    return list(
      visit,
      [{ text: 'Another export of yours is being made: wait until it is ready', href: '#exports' }],
      form,
    );
  } catch (error) {
    const problem = error instanceof AskError ? problemOf(error) : null;
    if (problem === null) throw error;
    return list(visit, [problem], form);
  }
}

async function file(visit: Visit, { parts: { reference = '' } }: PageRequest): Promise<PageAnswer> {
  const { logExports } = await visit.ask<{ logExports: readonly Export[] }>(LIST, { reference });
  const [made] = logExports;
  const first = made && (await partOf(visit, reference, 0));
  if (!made || !first) {
    return {
      kind: 'page',
      template: 'pages/log/exports.njk',
      status: 404,
      data: {
        title: 'There is no such export',
        sections: sectionsOf(visit.officer, '/console/log/exports'),
        exports: null,
      },
    };
  }
  const { ending, type } = FORMATS[made.format];
  const name = `throughgate-log-${made.from.slice(0, 10)}-${made.to.slice(0, 10)}-${reference.slice(0, 8)}.${ending}`;
  return { kind: 'file', name, type, body: partsFrom(visit, reference, first) };
}

/** Part by part, each asked for when the last has left. */
async function* partsFrom(visit: Visit, reference: string, first: Part): AsyncGenerator<Uint8Array> {
  yield Buffer.from(first.text);
  let { done } = first;
  for (let number = 1; !done; number += 1) {
    const part = await partOf(visit, reference, number);
    // Whoever reads the file must not take what there is for the whole.
    if (part === null) throw new Error('the export is gone');
    yield Buffer.from(part.text);
    done = part.done;
  }
}

async function partOf(visit: Visit, reference: string, part: number): Promise<Part | null> {
  const { logExportPart } = await visit.ask<{ logExportPart: Part | null }>(PART, { reference, part });
  return logExportPart;
}
