import type { Span } from '../../audit/log-reader.ts';
import { type Logged, parseLogged } from '../../audit/logged.ts';
import { registerOf, type Use } from '../../audit/register.ts';
import type { Bundle } from '../../policy/bundle.ts';
import { tellingRules } from '../../policy/telling.ts';
import { londonDay } from '../../record/london.ts';
import type { Look } from '../log/look.ts';

/** Rows that are read at a time. */
const ROWS = 5_000;

/** The register of whoever these pseudonyms stand for, of a span of time. */
export async function usesAbout(look: Look, refs: readonly string[], span: Span, bundle: Bundle): Promise<Use[]> {
  return usesIn(await read(look, refs, span), look, bundle);
}

/** What of these entries uses somebody's information of whom the reader may know. */
export function usesIn(entries: readonly Logged[], { closed }: Look, bundle: Bundle): Use[] {
  const open = entries.filter(({ subject }) => subject !== null && !closed.has(subject.ref));
  return registerOf(open, { ...tellingRules(bundle), dayOf: londonDay });
}

/** All of them, however many: a limit would tell of those that the report leaves out. */
async function read(look: Look, refs: readonly string[], { from, to }: Span): Promise<Logged[]> {
  const rows = await look.log.bySubjects(refs, { from, to }, ROWS);
  const middle = new Date(Math.floor((from.getTime() + to.getTime()) / 2));
  if (rows.length < ROWS || middle <= from) return rows.flatMap(({ body }) => parseLogged(body) ?? []);
  const halves = [await read(look, refs, { from, to: middle }), await read(look, refs, { from: middle, to })];
  return halves.flat();
}
