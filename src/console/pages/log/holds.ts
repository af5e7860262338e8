import { londonDay } from '../../../record/london.ts';
import type { FieldProblem } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { sectionsOf } from './sections.ts';

const LIST = `query LogHolds { logHolds { reference from until placedAt placedBy releaseAskedBy releasedAt releasedBy } }`;
const PLACE = `mutation PlaceLogHold($input: PlaceLogHoldInput!) { placeLogHold(input: $input) { ok code } }`;
const RELEASE = `mutation ReleaseLogHold($input: ReleaseLogHoldInput!) { releaseLogHold(input: $input) { ok code released } }`;

interface Hold {
  readonly reference: string;
  readonly from: string;
  readonly until: string;
  readonly placedAt: string;
  readonly placedBy: string | null;
  readonly releaseAskedBy: string | null;
  readonly releasedAt: string | null;
  readonly releasedBy: string | null;
}

export const HOLD_PAGES: readonly Page[] = [
  { path: '/log/holds', get: (visit, { form }) => list(visit, form, []), post: place },
  { path: '/log/holds/release', post: release, formAt: '/log/holds' },
];

async function list(visit: Visit, form: URLSearchParams, problems: readonly FieldProblem[]): Promise<PageAnswer> {
  const { logHolds } = await visit.ask<{ logHolds: readonly Hold[] | null }>(LIST);
  const month = londonDay(visit.now).slice(0, 7).split('-').reverse().join('/');
  return {
    kind: 'page',
    template: 'pages/log/holds.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Legal holds',
      problems,
      sections: sectionsOf(visit.officer, '/console/log/holds'),
      // Null for whom policy does not let see them.
      holds:
        logHolds?.map((hold) => ({ ...hold, mayRelease: hold.releaseAskedBy !== visit.officer.practitioner })) ?? null,
      typed: Object.fromEntries(['reference', 'from', 'until'].map((name) => [name, form.get(name) ?? ''])),
      example: month,
    },
  };
}

async function place(visit: Visit, { form }: PageRequest): Promise<PageAnswer> {
  const [from, until] = [readMonth(form.get('from')), readMonth(form.get('until'))];
  const reference = form.get('reference')?.trim() ?? '';
  const problems = [
    ...(/^[A-Za-z0-9][A-Za-z0-9./_-]{0,63}$/.test(reference)
      ? []
      : [{ text: 'Reference must be 1 to 64 letters, digits and . / _ -', href: '#reference' }]),
    ...(from === null ? [{ text: 'First month must be a month, such as 11/2026', href: '#from' }] : []),
    ...(until === null ? [{ text: 'Last month must be a month, such as 11/2026', href: '#until' }] : []),
    ...(from !== null && until !== null && from > until
      ? [{ text: 'Last month must be the same as or after the first', href: '#until' }]
      : []),
  ];
  if (problems.length > 0) return list(visit, form, problems);
  const { placeLogHold } = await visit.ask<{ placeLogHold: { ok: boolean } | null }>(PLACE, {
    input: { reference, from, until },
  });
  if (placeLogHold?.ok) return { kind: 'redirect', to: '/log/holds' };
  return list(visit, form, [
    { text: 'That is the reference of another hold: a reference is used once', href: '#reference' },
  ]);
}

async function release(visit: Visit, { form }: PageRequest): Promise<PageAnswer> {
  try {
    const { releaseLogHold } = await visit.ask<{ releaseLogHold: { ok: boolean; code: string | null } | null }>(
      RELEASE,
      {
        input: { reference: form.get('reference') ?? '' },
      },
    );
    if (releaseLogHold?.ok) return { kind: 'redirect', to: '/log/holds' };
    const text =
      releaseLogHold?.code === 'OWN_REQUEST'
        ? 'You asked to release it already: somebody else of the board must ask too'
        : 'It is released already';
    return list(visit, form, [{ text, href: '#holds' }]);
  } catch (error) {
    if (!(error instanceof AskError) || error.code !== 'BAD_USER_INPUT') throw error;
    return list(visit, form, [{ text: 'There is no such hold', href: '#holds' }]);
  }
}

/** `11/2026` or `2026-11` as `YYYY-MM`; null for no month. */
export function readMonth(typed: string | null): string | null {
  const [, month, year] = /^\s*(\d{1,2})[/.\s-](\d{4})\s*$/.exec(typed ?? '') ?? reorder(typed ?? '');
  if (month === undefined || year === undefined || Number(month) < 1 || Number(month) > 12) return null;
  return `${year}-${month.padStart(2, '0')}`;
}

function reorder(typed: string): readonly (string | undefined)[] {
  const [all, year, month] = /^\s*(\d{4})-(\d{2})\s*$/.exec(typed) ?? [];
  return [all, month, year];
}
