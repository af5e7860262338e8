import { hostname } from 'node:os';
import process from 'node:process';
import { reviewByCommandEntry } from '../audit/own-entry.ts';
import type { Hold } from '../store/holds.ts';
import { recordOnce } from './audit-record.ts';
import { type Command, EXIT, type Input, UsageError } from './command.ts';
import { isMonth } from './month.ts';
import { ownerUrlFromEnvironment } from './owner.ts';

export const auditHoldCommand: Command = {
  name: 'audit hold',
  summary: 'Keep months of the audit log from being retired or erased, as a court or an inquiry asks; or let them go.',
  options: {
    place: { text: 'Place a hold.' },
    release: { text: 'Release it.' },
    list: { text: 'List every hold that was ever placed, the newest first.' },
    reference: { value: 'R', text: 'The reference of who asked for it. It goes into the log: name no person.' },
    from: { value: 'YYYY-MM', text: 'The first month that is held.' },
    until: { value: 'YYYY-MM', text: 'The last one. It may be one to come.' },
    json: { text: 'Print the list as JSON: [{reference, from, until, placedAt, releasedAt}].' },
  },
  details: [
    'DATABASE_OWNER_URL says in which database. A hold and its release are entries of the log, made before.',
    'A reference is used once: what was released is placed again under another.',
  ],
  exitCodes: {
    [EXIT.ok]: 'placed, released or listed',
    [EXIT.usage]: 'nothing was changed: the message says what is wrong',
    [EXIT.fault]: 'the database could not be reached or did not take it',
  },
  run: async (input) => {
    const wish = wishOf(input);
    const ownerUrl = ownerUrlFromEnvironment();
    const { listHolds, placeHold, releaseHold } = await import('../store/holds.ts');
    const holds = await listHolds(ownerUrl);
    if (wish.what === 'list') {
      process.stdout.write(input.switched('json') ? `${JSON.stringify(holds)}\n` : holds.map(lineOf).join(''));
      return EXIT.ok;
    }
    const known = holds.find(({ reference }) => reference === wish.reference);
    if (wish.what === 'place') {
      const taken = new UsageError(`${wish.reference} is the reference of another hold: use a new one`);
      if (known) throw taken;
      await record(ownerUrl, 'HOLD_PLACED', wish.reference, { from: wish.from, to: wish.until });
      // Somebody else may have used it since we looked.
      if (!(await placeHold(ownerUrl, wish))) throw taken;
    } else {
      if (!known || known.releasedAt) throw new UsageError(`No hold of the reference ${wish.reference} lasts`);
      await record(ownerUrl, 'HOLD_RELEASED', wish.reference, { from: null, to: null });
      await releaseHold(ownerUrl, wish.reference);
    }
    process.stdout.write(`${wish.what}d\n`);
    return EXIT.ok;
  },
};

type Wish =
  | { readonly what: 'list' }
  | { readonly what: 'release'; readonly reference: string }
  | { readonly what: 'place'; readonly reference: string; readonly from: string; readonly until: string };

/** @throws UsageError with everything that is wrong */
function wishOf({ option, switched }: Input): Wish {
  const chosen = (['place', 'release', 'list'] as const).filter(switched);
  const [what] = chosen;
  if (what === undefined || chosen.length > 1) throw new UsageError('Say one of --place, --release and --list');
  const { reference, from, until } = { reference: option('reference'), from: option('from'), until: option('until') };
  const problems: string[] = [];
  if (what === 'list') {
    if (reference ?? from ?? until) problems.push('--list takes neither --reference nor months');
  } else if (reference === undefined || !REFERENCE.test(reference)) {
    problems.push(`--${what} needs --reference R: letters, digits and "./_-", at most 64`);
  }
  if (what === 'release' && (from ?? until))
    problems.push('--release ends the whole hold: leave out --from and --until');
  if (what === 'place') {
    for (const [name, month] of Object.entries({ from, until })) {
      if (!isMonth(month)) problems.push(`--place needs --${name} YYYY-MM`);
    }
    if (isMonth(from) && isMonth(until) && from > until) problems.push('--from must not be after --until');
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { what, reference: reference ?? '', from: from ?? '', until: until ?? '' };
}

const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9./_-]{0,63}$/;

function record(
  ownerUrl: string,
  outcome: 'HOLD_PLACED' | 'HOLD_RELEASED',
  reference: string,
  span: { readonly from: string | null; readonly to: string | null },
): Promise<void> {
  const facts = { outcome, entry: null, reference, ...span, reason: null };
  return recordOnce(ownerUrl, reviewByCommandEntry(new Date(), hostname(), facts));
}

function lineOf({ reference, from, until, placedAt, releasedAt }: Hold): string {
  const released = releasedAt === null ? 'in force' : `released ${releasedAt.toISOString()}`;
  return `${reference}  ${from} to ${until}  placed ${placedAt.toISOString()}  ${released}\n`;
}
