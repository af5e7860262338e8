import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { carried, choicesOf, filterWords, pathTo, readSearch } from './filter.ts';
import { type LogRowEntry, ROW, rowsOf } from './rows.ts';
import { problemOf } from './search.ts';
import { sectionsOf } from './sections.ts';

const DRAW = `query DrawSample($filter: LogFilter!, $size: Int!, $seed: ID) {
  logSample(filter: $filter, size: $size, seed: $seed) { seed entries { ${ROW} } }
}`;
const DEFAULT_SIZE = 20;
const LONGEST_MILLISECONDS = 31 * 86_400_000 + 3_600_000;

interface Sample {
  readonly seed: string;
  readonly entries: readonly LogRowEntry[];
}

export const SAMPLE_PAGES: readonly Page[] = [{ path: '/log/sample', get: sample }];

/** Drawn when it is asked for; drawn again, the same, by its seed. */
async function sample(visit: Visit, { query }: PageRequest): Promise<PageAnswer> {
  const search = await readSearch(visit, query);
  const typed = query.get('size') ?? String(DEFAULT_SIZE);
  const size = /^\d{1,3}$/.test(typed) ? Number(typed) : 0;
  const problems = [
    ...search.problems,
    ...(size >= 1 && size <= 100 ? [] : [{ text: 'How many must be a number from 1 to 100', href: '#size' }]),
    ...(search.read.span && search.read.span.to.getTime() - search.read.span.from.getTime() > LONGEST_MILLISECONDS
      ? [{ text: 'A sample is of at most 31 days', href: '#from' }]
      : []),
  ];
  const isAsked = query.has('size');
  let drawn: Sample | null = null;
  if (isAsked && search.filter !== null && problems.length === 0) {
    try {
      const seed = query.get('seed');
      const variables = { filter: search.filter, size, seed: seed && /^[0-9a-f]{32}$/.test(seed) ? seed : null };
      drawn = (await visit.ask<{ logSample: Sample }>(DRAW, variables)).logSample;
    } catch (error) {
      const problem = error instanceof AskError ? problemOf(error) : null;
      if (problem === null) throw error;
      problems.push(problem);
    }
  }
  return {
    kind: 'page',
    template: 'pages/log/sample.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Random sample',
      problems,
      sections: sectionsOf(visit.officer, '/console/log/sample'),
      span: search.read.typed,
      asked: search.asked,
      choices: choicesOf(visit.policy, search.asked),
      size: typed,
      said: filterWords(visit.policy, search),
      rows: drawn ? rowsOf(visit, drawn.entries) : null,
      seed: drawn?.seed ?? null,
      again: drawn && pathTo('/console/log/sample', [...carried(search), ['size', typed], ['seed', drawn.seed]]),
    },
  };
}
