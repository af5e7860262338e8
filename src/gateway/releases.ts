import { GatewayError } from '../errors.ts';
import { daysBetween } from '../record/day.ts';
import type { Day } from '../record/facts.ts';
import type { Cursors } from './cursor.ts';
import { type Looked, SEVERITIES } from './gaps/look.ts';
import type { RootField } from './operation.ts';
import type { PersonNode, Subject } from './person.ts';
import { releaseDate } from './release-date.ts';
import { RELEASE_DATE } from './roots.ts';
import type { Leaf, Root, Scope } from './scope.ts';

const LONGEST_SPAN_DAYS = 366;
const LARGEST_PAGE = 500;
/** People who are put in order by what their releases lack, at most. */
const LARGEST_ORDER = 500;

export interface ReleaseArguments {
  readonly from: Day;
  readonly to: Day;
  readonly establishment?: string | null;
  readonly region?: string | null;
  readonly gaps?: readonly string[] | null;
  readonly orderBy?: 'DATE' | 'SEVERITY' | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

/** Whether a list is made by what releases lack, be it selected or not. */
export function isListByGaps({ name, args }: RootField): boolean {
  const { gaps, orderBy } = args as unknown as ReleaseArguments;
  return name === 'releases' && (gaps != null || orderBy === 'SEVERITY');
}

interface Row {
  readonly subject: Subject;
  readonly date: Day;
  readonly id: string;
  /** What standing in the list tells of the person: `holder|Type.field`. */
  readonly told: readonly string[];
  readonly node?: PersonNode;
  readonly looked?: Looked;
}

/**
 * Asks prison for the dates of everybody already decided, then cuts, orders and pages here. Who is left out by one
 * argument is not asked about for the next.
 */
export async function releases(args: ReleaseArguments, scope: Scope, root: Root, cursors: Cursors) {
  const size = args.first ?? 50;
  checkArguments(args, size, scope);
  const { partner, practitioner, role } = scope.principal;
  const { from, to, establishment = null, region = null, after } = args;
  const gaps = args.gaps == null ? null : [...new Set(args.gaps)].sort();
  const bySeverity = args.orderBy === 'SEVERITY';
  const parameters = [establishment, region, gaps?.join() ?? null, bySeverity ? 'SEVERITY' : null];
  const given = parameters.some((each) => each !== null) ? parameters.map(String) : [];
  const boundTo = [partner, practitioner, role, scope.view.purpose.code, from, to, ...given];
  const start = after == null ? null : cursors.read(after, boundTo);

  let rows = await released(args, scope, root);
  if (region !== null) rows = await inRegion(region, rows, scope, root);
  if (bySeverity && rows.length > LARGEST_ORDER) {
    throw new GatewayError(
      'TOO_COMPLEX',
      `"orderBy: SEVERITY" orders ${LARGEST_ORDER} releases at most; ask for fewer days.`,
    );
  }
  rows.sort(byDate);
  // The order as it was when the first page was made: whoever comes after is in the cursor.
  if (start && bySeverity) rows = inSnapshot(rows, start.id);
  else if (start) rows = rows.filter(({ date, id }) => (compare(date, start.date) || compare(id, start.id)) > 0);
  if (bySeverity || gaps) {
    const looking = bySeverity && start && !gaps ? rows.slice(0, size) : rows;
    const looked = await Promise.all(looking.map((row) => lookAt(row, bySeverity ? null : gaps, scope, root)));
    rows = [...looked, ...rows.slice(looking.length)];
    if (gaps) rows = rows.flatMap((row) => withGaps(row, gaps));
    if (bySeverity) {
      rows = rows.map((row) => ({ ...row, told: [...row.told, ...(row.looked?.told ?? [])] }));
      if (!start) rows.sort((a, b) => rankOf(a) - rankOf(b) || byDate(a, b));
    }
  }

  const page = rows
    .slice(0, size)
    .map((row) => ({ ...row, node: row.node ?? scope.place(row.subject, root.selection) }));
  root.nodes = page.map(({ node }) => node);
  for (const { node, told } of page) root.told.set(node, told);
  const rest = bySeverity ? rows.map(({ id }) => shortId(id)) : [];
  const cursorAt = (index: number) => {
    const { date, id } = page[index] as Row;
    return cursors.write(bySeverity ? { date: '', id: rest.slice(index + 1).join('') } : { date, id }, boundTo);
  };
  return {
    // Written when it is selected.
    edges: page.map(({ node }, index) => ({ node, cursor: () => cursorAt(index) })),
    pageInfo: {
      hasNextPage: rows.length > page.length,
      hasPreviousPage: start !== null,
      startCursor: () => (page.length > 0 ? cursorAt(0) : null),
      endCursor: () => (page.length > 0 ? cursorAt(page.length - 1) : null),
    },
  };
}

/** @throws GatewayError BAD_USER_INPUT. Nothing here depends on anybody but the caller's view. */
function checkArguments(
  { from, to, establishment, region, gaps }: ReleaseArguments,
  size: number,
  { view, lists }: Scope,
) {
  if (size < 1 || size > LARGEST_PAGE) throw badInput(`"first" must be from 1 to ${LARGEST_PAGE}.`);
  const days = daysBetween(from, to);
  if (!(days >= 0 && days <= LONGEST_SPAN_DAYS)) {
    throw badInput(`"to" must be the same day as "from" or up to ${LONGEST_SPAN_DAYS} days later.`);
  }
  const mayHave = ({ section, type, field }: Leaf) =>
    [...(view.sections.get(section)?.holders.values() ?? [])].some(({ fields }) => fields.has(`${type}.${field}`));
  const problems: string[] = [];
  if (establishment != null && !mayHave(ESTABLISHMENT)) {
    problems.push('"establishment" cannot be used: your role and purpose do not know where people are held.');
  }
  if (region != null && !mayHave(DISTRICT)) {
    problems.push('"region" cannot be used: your role and purpose do not know the district of the release address.');
  } else if (region != null && !lists.regions.includes(region)) {
    problems.push(`"region" must be one of: ${lists.regions.join(', ')}.`);
  }
  if (gaps?.some((rule) => !lists.rules.includes(rule)) || gaps?.length === 0) {
    problems.push(
      lists.rules.length > 0
        ? `"gaps" must be one or more of: ${lists.rules.join(', ')}.`
        : '"gaps" cannot be used: your role and purpose know of none.',
    );
  }
  if (problems.length > 0) throw badInput(problems.join(' '));
}

const ESTABLISHMENT: Leaf = { section: 'custody', type: 'Custody', field: 'establishment' };
const DISTRICT: Leaf = { section: 'accommodation', type: 'Accommodation', field: 'district' };

/** Those whose release is in the window, from the establishment where one is named. Both are asked in one call. */
async function released({ from, to, establishment }: ReleaseArguments, scope: Scope, root: Root): Promise<Row[]> {
  const rows = await Promise.all(
    root.subjects.map(async (subject) => {
      const [found, from] = await Promise.all([
        releaseDate(subject, scope.ask, root),
        establishment == null ? null : valuesOf(subject, ESTABLISHMENT, scope, root),
      ]);
      return { subject, found, from };
    }),
  );
  const within = rows.flatMap(({ subject, found, from: held }) => {
    if (!found || found.date < from || found.date > to) return [];
    const matching = held?.filter(({ value }) => value === establishment);
    if (matching?.length === 0) return [];
    // To stand in the list between two dates tells the date, whether or not it is selected.
    const told = [`${found.holder}|${coordinateOf(RELEASE_DATE)}`, ...tellsOf(matching ?? [], ESTABLISHMENT)];
    return [{ subject, date: found.date, told }];
  });
  return Promise.all(within.map(async (row) => ({ ...row, id: await scope.opaqueId(row.subject) })));
}

/** Those whose release address is in the region, as any holder has it. */
async function inRegion(region: string, rows: readonly Row[], scope: Scope, root: Root): Promise<Row[]> {
  const found = await Promise.all(
    rows.map(async (row) => {
      const districts = await valuesOf(row.subject, DISTRICT, scope, root);
      const matching = districts.filter(({ value }) => scope.lists.regionOf(String(value).toUpperCase()) === region);
      return matching.length > 0 ? [{ ...row, told: [...row.told, ...tellsOf(matching, DISTRICT)] }] : [];
    }),
  );
  return found.flat();
}

/** What the holders say that may show it. That some could not be asked or heard is told of the list as a whole. */
async function valuesOf({ decision }: Subject, leaf: Leaf, scope: Scope, root: Root) {
  const isHidden = scope.view.sections.get(leaf.section)?.existence === 'hidden';
  const open = (decision.sections.get(leaf.section)?.holders ?? []).filter(({ fields }) =>
    fields.has(coordinateOf(leaf)),
  );
  const linked = open.flatMap(({ holder, link }) => (link ? [{ holder, link }] : []));
  if (linked.length === 0 && !isHidden) root.notAsked.add(leaf.section);
  const answers = await Promise.all(
    linked.map(async ({ holder, link }) => ({ holder, answer: await scope.ask(holder, link.value, leaf) })),
  );
  return answers.flatMap(({ holder, answer }) => {
    if (answer.state === 'UNAVAILABLE' && !isHidden) root.unavailable.add(holder);
    return answer.state === 'HELD' ? [{ holder, value: answer.value[leaf.field] }] : [];
  });
}

/** @param gaps the rules by which the list is cut; null where all of them order it */
async function lookAt(row: Row, gaps: readonly string[] | null, scope: Scope, root: Root): Promise<Row> {
  const node = scope.place(row.subject, root.selection);
  const looked = await node.gaps();
  const rules = node.gapPlan().rules.filter(({ policy }) => gaps === null || gaps.includes(policy.rule));
  const sections = new Set(rules.flatMap(({ needs }) => needs.map(({ section }) => section)));
  for (const { section, holder, status } of [...sections].flatMap((each) => looked.sections.get(each)?.rows ?? [])) {
    if (status === 'UNAVAILABLE' && holder !== null) root.unavailable.add(holder);
    if (status === 'NOT_LINKED') root.notAsked.add(section);
  }
  return { ...row, node, looked };
}

function withGaps(row: Row, gaps: readonly string[]): Row[] {
  const found = (row.looked?.gaps?.items ?? []).filter(({ rule }) => gaps.includes(rule));
  const told = found.flatMap(({ rule }) => row.looked?.toldBy.get(rule) ?? []);
  return found.length > 0 ? [{ ...row, told: [...row.told, ...told] }] : [];
}

/** The worst first; whoever lacks nothing, or nothing that can be told, comes last. */
function rankOf({ looked }: Row): number {
  const [worst] = looked?.gaps?.items ?? [];
  return worst ? SEVERITIES.indexOf(worst.severity) : SEVERITIES.length;
}

/** Enough of an opaque id, which is random, to tell a few hundred people apart. */
const SHORT_ID = 8;

function shortId(id: string): string {
  return id.slice(0, SHORT_ID);
}

function inSnapshot(rows: readonly Row[], snapshot: string): Row[] {
  const byId = new Map(rows.map((row) => [shortId(row.id), row]));
  const ids = snapshot.match(new RegExp(`.{${SHORT_ID}}`, 'g')) ?? [];
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function tellsOf(holders: readonly { readonly holder: string }[], leaf: Leaf): string[] {
  return holders.map(({ holder }) => `${holder}|${coordinateOf(leaf)}`);
}

function coordinateOf({ type, field }: Leaf): string {
  return `${type}.${field}`;
}

function byDate(a: Row, b: Row): number {
  return compare(a.date, b.date) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function badInput(message: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', message);
}
