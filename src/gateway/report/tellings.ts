import { parseLogged } from '../../audit/logged.ts';
import type { Use } from '../../audit/register.ts';
import { waitingFor } from '../../audit/subject-report.ts';
import { GatewayError } from '../../errors.ts';
import type { Day } from '../../record/facts.ts';
import { endOfDay } from '../../record/london.ts';
import type { Telling } from '../../record/telling.ts';
import { ANY_PARTNER } from '../break-glass-review.ts';
import type { Errand } from '../errand.ts';
import { amendLook, type Look, refsOf, startLook } from '../log/look.ts';
import { usesAbout, usesIn } from './uses.ts';

const LARGEST_PAGE = 500;
/** People whose reports wait, of one controller, that are looked through at a time: the soonest due first. */
const LARGEST_QUEUE = 100;
const WHOLE_LOG = { from: new Date('2000-01-01T00:00:00Z'), to: new Date('2100-01-01T00:00:00Z') };

/**
 * Entries about which the caller's partner has yet to decide whether their people are told, soonest due first; or those
 * that it keeps back, with the grounds, for the Commissioner. The lead reads what everybody keeps back.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function tellings(errand: Errand): Promise<object[]> {
  const { list, first } = errand.args as { list?: 'WAITING' | 'WITHHELD' | null; first?: number | null };
  const size = first ?? 50;
  if (size < 1 || size > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  const look = await startLook(errand, null);
  const found = list === 'WITHHELD' ? await withheld(errand, look, size) : await waiting(errand, look);
  const page = found.slice(0, size);
  amendLook(errand, { found: page.length });
  return page;
}

/** The uses of one person that wait for the controller, by the pseudonym of each of its open items. */
export async function waitingItems(
  { engine, request }: Errand,
  look: Look,
): Promise<{ reference: string; refs: readonly string[]; dueAt: Date; uses: readonly Use[]; known: Telling[] }[]> {
  const { principal, view } = request;
  const kinds = ['SUBJECT_REPORT_DECISION'];
  const items = await engine.governance.workItems(principal.partner, kinds, LARGEST_QUEUE, principal);
  return Promise.all(
    items.map(async ({ person, reference, dueAt }) => {
      const refs = person === null ? [] : await refsOf({ engine, request }, person);
      const uses = await usesAbout(look, refs, WHOLE_LOG, engine.policy.bundle);
      const known = await engine.tellings.ofEntries([...new Set(uses.map(({ entry }) => entry))]);
      return { reference, refs, dueAt, uses: waitingFor(principal.partner, uses, known, view.day), known };
    }),
  );
}

async function waiting(errand: Errand, look: Look): Promise<object[]> {
  const { engine, request } = errand;
  const { partner } = request.principal;
  const listed = new Map<string, { dueAt: Date; telling: object }>();
  for (const { reference, refs, dueAt, uses, known } of await waitingItems(errand, look)) {
    // Its entries were retired, or wait no more under another policy.
    if (uses.length === 0 && !refs.some((ref) => look.closed.has(ref))) {
      errand.afterRecorded(() => engine.governance.acknowledge(partner, 'SUBJECT_REPORT_DECISION', reference));
    }
    for (const [entry, parts] of Map.groupBy(uses, (use) => use.entry)) {
      const decided = known.find((telling) => telling.entry === entry && telling.controller === partner);
      if (!listed.has(entry)) listed.set(entry, { dueAt, telling: answered(partner, parts, decided, dueAt) });
    }
  }
  // What was kept back until a day that has come, whether or not somebody asked again.
  const lapsed = await keptBack(errand, look, partner, LARGEST_PAGE, request.view.day);
  for (const [telling, parts] of lapsed) {
    if (listed.has(telling.entry)) continue;
    const dueAt = endOfDay(new Date(`${telling.reviewOn}T12:00:00Z`));
    listed.set(telling.entry, { dueAt, telling: answered(partner, parts, telling, dueAt) });
  }
  return [...listed.values()]
    .sort((one, other) => one.dueAt.getTime() - other.dueAt.getTime())
    .map(({ telling }) => telling);
}

async function withheld(errand: Errand, look: Look, size: number): Promise<object[]> {
  const { principal, view } = errand.request;
  const controller = view.role.name === ANY_PARTNER ? null : principal.partner;
  return (await keptBack(errand, look, controller, size, null)).map(([telling, parts]) =>
    answered(telling.controller, parts, telling, endOfDay(new Date(`${telling.reviewOn}T12:00:00Z`))),
  );
}

/** The first that the reader may read, as many as if those that they may not had never been there. */
async function keptBack(
  errand: Errand,
  look: Look,
  controller: string | null,
  size: number,
  until: Day | null,
): Promise<(readonly [Telling, readonly Use[]])[]> {
  const found: (readonly [Telling, readonly Use[]])[] = [];
  for (let after: Telling | null = null; found.length < size; ) {
    const all: Telling[] = await errand.engine.tellings.withheld(controller, after, LARGEST_PAGE);
    const due = all.filter(({ reviewOn }) => until === null || (reviewOn !== null && reviewOn <= until));
    found.push(...(await withUses(errand, look, due)));
    after = all.at(-1) ?? null;
    if (due.length < LARGEST_PAGE) break;
  }
  return found.slice(0, size);
}

/** Those whose entry the reader may read. */
async function withUses(
  { engine }: Errand,
  look: Look,
  known: readonly Telling[],
): Promise<(readonly [Telling, readonly Use[]])[]> {
  const rows = await look.log.byIds(known.map(({ entry }) => entry));
  const uses = usesIn(
    rows.flatMap(({ body }) => parseLogged(body) ?? []),
    look,
    engine.policy.bundle,
  );
  return known.flatMap((telling) => {
    const parts = uses.filter(
      ({ entry, deciders }) => entry === telling.entry && deciders.includes(telling.controller),
    );
    return parts.length > 0 ? [[telling, parts] as const] : [];
  });
}

/** What a controller needs to know to decide: all of it where its own people asked, and otherwise its own part. */
function answered(controller: string, parts: readonly Use[], telling: Telling | undefined, dueAt: Date): object {
  const [first] = parts;
  const own = parts.filter(({ source, recipient }) => recipient === controller || source === controller);
  const union = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())].sort();
  return {
    entry: first?.entry ?? '',
    controller,
    at: first?.at ?? '',
    requestId: first?.requestId ?? null,
    recipient: first?.recipient ?? '',
    purpose: first?.purpose ?? '',
    classes: union(own.map(({ classes }) => classes)),
    because: union(parts.map(({ because }) => because)),
    dueAt: dueAt.toISOString(),
    decision: telling?.decision ?? null,
    ground: telling?.ground ?? null,
    reviewOn: telling?.reviewOn ?? null,
    version: telling?.version ?? 0,
  };
}
