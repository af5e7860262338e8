import { lapses, nextLapse } from '../../../policy/report/lapse.ts';
import { matrix } from '../../../policy/report/matrix.ts';
import { roleTable, SIGN_WORDS } from '../../../policy/report/role-table.ts';
import { inSentence, parties } from '../../../policy/report/words.ts';
import { addDays } from '../../../record/day.ts';
import { londonDay } from '../../../record/london.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { APPROVALS_DOCUMENT, DIFFERENCE_DOCUMENT, LAPSES_DOCUMENT, REPLAY_DOCUMENT } from './documents.ts';
import { type Figure, lapseViews } from './lapsing.ts';
import { type ReplayedChange, replayGroups } from './replaying.ts';

export const POLICY_PAGES: readonly Page[] = [
  { path: '/policy', get: showLapses },
  { path: '/policy/matrix', get: showRoles },
  { path: '/policy/matrix/:role', get: showRole },
  { path: '/policy/proposed', get: showProposed },
  { path: '/policy/replay', get: showReplay },
  { path: '/policy/approvals', get: showApprovals },
];

interface Approval {
  readonly hash: string;
  readonly approver: string;
  readonly date: string;
  readonly reference: string;
  readonly inForce: boolean;
}

/** Of what passed under an agreement. */
const COUNTED_DAYS = 30;

/** "What lapses in 30 days, who loses what on that morning, what passed under it last month?" */
async function showLapses(visit: Visit, { query }: PageRequest): Promise<PageAnswer> {
  const today = londonDay(visit.now);
  const days = chosen(query, [30, 90, 365]);
  const last = addDays(today, days);
  const policy = { bundle: visit.policy, record: visit.record };
  const { logFigures, policyApprovals } = await visit.ask<{
    readonly logFigures: { readonly upTo: string | null; readonly rows: readonly Figure[] };
    readonly policyApprovals: readonly Approval[];
  }>(LAPSES_DOCUMENT, { from: addDays(today, 1 - COUNTED_DAYS), to: today });
  const found = lapses(policy, today, last);
  return page('policy.njk', '/policy', 'Agreements and policy', {
    days,
    spans: [30, 90, 365].map((each) => ({ days: each, isChosen: each === days })),
    counted: logFigures.upTo,
    lapses: lapseViews(found, logFigures.rows, visit.policy),
    ending: found.reduce((sum, { ends }) => sum + ends.length, 0),
    reviewing: found.reduce((sum, { reviews }) => sum + reviews.length, 0),
    next: found.length === 0 ? nextLapse(policy, last) : null,
    isLead: visit.officer.isLead,
    hash: visit.policy.hash,
    approval: policyApprovals.find(({ inForce }) => inForce) ?? null,
  });
}

async function showRoles({ policy }: Visit): Promise<PageAnswer> {
  const roles = [...policy.roles.values()].map((role) => ({
    name: role.name,
    title: role.title,
    owner: role.owner,
    review: role.review,
    places: parties(
      policy,
      [...policy.partners.values()].filter(({ type }) => role.partnerTypes.includes(type)).map(({ code }) => code),
    ),
    purposes: [...role.purposes.keys()].map((code) => policy.purposes.get(code)?.label ?? code),
  }));
  const sorted = roles.sort((one, other) => (one.title < other.title ? -1 : 1));
  return page('roles.njk', '/policy/matrix', 'Who may see what', { roles: sorted });
}

async function showRole({ policy, record, now }: Visit, { parts }: PageRequest): Promise<PageAnswer> {
  const role = policy.roles.get(parts['role'] ?? '');
  const day = londonDay(now);
  if (!role) return { ...(await page('no-role.njk', '/policy/matrix', 'There is no such role', {})), status: 404 };
  // Of one role: the whole matrix takes longer than somebody wants to wait.
  const rows = matrix({ bundle: { ...policy, roles: new Map([[role.name, role]]) }, record }, day);
  const table = roleTable(policy, rows, role);
  return page('role.njk', '/policy/matrix', role.title, {
    day,
    table,
    signs: SIGN_WORDS,
    unseen: table.sections.map(({ unseen }) =>
      unseen.map(({ name, description }) => `${inSentence(description)} (${name})`).join('; '),
    ),
  });
}

/** The proposed policy beside the one in force, in plain language. */
async function showProposed(visit: Visit): Promise<PageAnswer> {
  const { proposedPolicy } = await visit.ask<{
    readonly proposedPolicy: { readonly changes: readonly { readonly kind: string }[] } | null;
  }>(DIFFERENCE_DOCUMENT);
  const kinds = [
    { kind: 'widening', title: 'Somebody would see more, or a protection would be weaker' },
    { kind: 'narrowing', title: 'Somebody would see less' },
    { kind: 'other', title: 'Also different' },
  ].map((each) => ({
    ...each,
    changes: (proposedPolicy?.changes ?? []).filter(({ kind }) => kind === each.kind),
  }));
  return page('proposed.njk', '/policy/proposed', 'Proposed policy', { proposed: proposedPolicy, kinds });
}

/** Recent requests, decided again by the proposed policy. */
async function showReplay(visit: Visit, { query }: PageRequest): Promise<PageAnswer> {
  const days = chosen(query, [7, 14, 31]);
  const { policyReplay, tooLong } = await replayOf(visit, days);
  const changes = policyReplay?.changes ?? [];
  return page('replay.njk', '/policy/replay', 'Replay under the proposed policy', {
    days,
    spans: [7, 14, 31].map((each) => ({ days: each, isChosen: each === days })),
    replay: policyReplay,
    tooLong,
    isLead: visit.officer.isLead,
    effects: [
      { title: 'Newly allowed', groups: replayGroups(changes, 'NEWLY_ALLOWED', visit.policy) },
      { title: 'Newly refused', groups: replayGroups(changes, 'NEWLY_REFUSED', visit.policy) },
    ],
  });
}

interface Replayed {
  readonly policyReplay: { readonly changes: readonly ReplayedChange[] } | null;
  /** What the gateway said where there was too much to look through. */
  readonly tooLong: string | null;
}

async function replayOf(visit: Visit, days: number): Promise<Replayed> {
  try {
    return { tooLong: null, ...(await visit.ask<Omit<Replayed, 'tooLong'>>(REPLAY_DOCUMENT, { days, first: 500 })) };
  } catch (error) {
    if (!(error instanceof AskError) || error.code !== 'TOO_COMPLEX') throw error;
    return { policyReplay: null, tooLong: error.message };
  }
}

async function showApprovals(visit: Visit): Promise<PageAnswer> {
  const { policyApprovals } = await visit.ask<{ readonly policyApprovals: readonly Approval[] }>(APPROVALS_DOCUMENT);
  return page('approvals.njk', '/policy/approvals', 'Approvals', {
    approvals: policyApprovals,
    hash: visit.policy.hash,
    isApproved: policyApprovals.some(({ inForce }) => inForce),
  });
}

const PARTS: readonly (readonly [path: string, text: string])[] = [
  ['/policy', 'Lapses and reviews'],
  ['/policy/matrix', 'Who may see what'],
  ['/policy/proposed', 'Proposed policy'],
  ['/policy/replay', 'Replay'],
  ['/policy/approvals', 'Approvals'],
];

function page(template: string, at: string, title: string, data: Readonly<Record<string, unknown>>) {
  const parts = PARTS.map(([path, text]) => ({ text, href: `/console${path}`, active: path === at }));
  return { kind: 'page' as const, template: `pages/policy/${template}`, data: { title, parts, ...data } };
}

/** One of the choices, the first where the URL says none of them. */
function chosen(query: URLSearchParams, choices: readonly number[]): number {
  return choices.find((each) => String(each) === query.get('days')) ?? choices[0] ?? 0;
}
