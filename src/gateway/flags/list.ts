import { GatewayError } from '../../errors.ts';
import type { CaseAbout, CaseHead, CaseStep } from '../../record/flags.ts';
import type { Selection } from '../../record/selection.ts';
import type { Errand } from '../errand.ts';
import { amendLook, startLook } from '../log/look.ts';
import { accountOf, asReadable, createBars, personIn, readCase, readerOf } from './readable.ts';

const LARGEST_PAGE = 200;
/** Cases of one list that are looked through, the heaviest or the newest. */
const LARGEST_LIST = 2_000;

/**
 * A page of cases. What is closed to the reader is in none, in no order and at no end of a page.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function flagCases(errand: Errand): Promise<object> {
  const { engine, request, args, selection } = errand;
  const { list, about, first, after } = args as {
    list: 'OPEN' | 'MINE' | 'CLOSED';
    about?: CaseAbout | null;
    first?: number | null;
    after?: string | null;
  };
  const size = first ?? 50;
  if (size < 1 || size > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  const look = await startLook(errand, null);
  const which = {
    closed: list === 'CLOSED',
    about: about ?? null,
    assignedTo: list === 'MINE' ? accountOf(request.principal) : null,
  };
  const [heads, progress] = await Promise.all([
    engine.flagCases.list(readerOf(look), which, LARGEST_LIST),
    engine.flagDigest.progress(),
  ]);
  const cases = heads.flatMap((head) => asReadable(head, look, engine) ?? []);
  if (!which.closed) cases.sort(heaviestFirst);
  const start = after == null ? 0 : 1 + cases.findIndex(({ id }) => id === after);
  if (after != null && start === 0) {
    throw new GatewayError('BAD_USER_INPUT', '"after" is the "endCursor" of an earlier page, or is left out.');
  }
  const page = cases.slice(start, start + size);
  amendLook(errand, { found: page.length });
  const answer = createAnswer(errand, selection.get('cases') ?? new Map());
  return {
    cases: await Promise.all(page.map(answer)),
    hasNextPage: cases.length > start + size,
    endCursor: page.at(-1)?.id ?? null,
    upTo: progress?.upTo.toISOString() ?? null,
  };
}

/** @throws GatewayError STORE_UNAVAILABLE */
export async function flagCase(errand: Errand): Promise<object | null> {
  const { root, args, selection } = errand;
  const look = await startLook(errand, null);
  const head = await readCase(errand, look, String(args['reference']));
  if (head === null) return null;
  if (root.deed?.kind === 'search') root.deed = { ...root.deed, person: personIn(head), reference: head.id, found: 1 };
  return createAnswer(errand, selection)(head);
}

function heaviestFirst(one: CaseHead, other: CaseHead): number {
  return other.weight - one.weight || one.openedAt.getTime() - other.openedAt.getTime() || (one.id < other.id ? -1 : 1);
}

/** Cases in the shape of `FlagCase`. */
function createAnswer(errand: Errand, selection: Selection): (head: CaseHead) => Promise<object> {
  const { engine, request } = errand;
  const bars = createBars(errand);
  const wantsBars = ['barred', 'allowedNow', 'notes'].some((field) => selection.has(field));
  return async (head) => {
    const bar = wantsBars ? await bars(head) : null;
    const isOpen = head.state !== 'CLOSED';
    const written = head.steps.filter(({ textId }) => textId !== null);
    const days = head.flags.map(({ day }) => day).sort();
    const officer = (account: string | null) => account && named(account, request.principal.partner);
    return {
      reference: head.id,
      about: head.about,
      partner: head.partner,
      practitioner: head.practitioner,
      relationship: head.relationship,
      ...subjectOf(head),
      state: head.state,
      weight: head.weight,
      summary: head.flags[0]?.sentence ?? '',
      openedAt: head.openedAt.toISOString(),
      dueAt: head.dueAt.toISOString(),
      firstDay: days[0] ?? '',
      lastDay: days.at(-1) ?? '',
      accesses: new Set(head.flags.flatMap(({ entries }) => entries)).size,
      assignedTo: officer(head.assignedTo),
      flags: head.flags.map((flag) => ({ ...flag, ...subjectOf(flag) })),
      // Nobody reads what is being found out about themselves.
      notes: bar !== 'OWN_ACCESS' && selection.has('notes') ? await Promise.all(written.map(noteOf)) : [],
      history: head.steps.map(({ at, by, step, detail }) => ({
        at: at.toISOString(),
        by: officer(by),
        step,
        detail: step === 'ASSIGNED' ? officer(detail) : detail,
      })),
      outcome: head.outcome,
      proposedBy: officer(head.proposedBy),
      closedBy: officer(head.closedBy),
      closedAt: head.closedAt?.toISOString() ?? null,
      allowedNow: isOpen && bar === null ? ACTIONS.filter((action) => request.view.role.actions.includes(action)) : [],
      barred: bar,
      version: head.version,
    };

    async function noteOf({ by, at, textId }: CaseStep): Promise<object> {
      return { by: officer(by) ?? '', at: at.toISOString(), text: textId && (await engine.texts.read(textId)) };
    }
  };
}

const ACTIONS = ['assignFlagCase', 'noteFlagCase', 'closeFlagCase'];

function subjectOf({ subject }: Pick<CaseHead, 'subject'>) {
  return { subject: subject?.ref ?? null, epoch: subject?.epoch ?? null };
}

/** An officer of the reader's own partner by their id; any other with their partner's code before it. */
function named(account: string, partner: string): string {
  return account.startsWith(`${partner}/`) ? account.slice(partner.length + 1) : account;
}
