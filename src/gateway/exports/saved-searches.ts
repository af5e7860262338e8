import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { SavedFilter } from '../../record/saved-searches.ts';
import { type Errand, refusedAs } from '../errand.ts';

const MOST = 50;
const LONGEST_DAYS = 366;
/** Letters that are seen, on one line. */
const LINE = /^[^\p{C}\u2028\u2029]+$/u;

type SaveSearchInput = { readonly name: string; readonly days: number } & {
  readonly [Name in keyof SavedFilter]: string | null;
};

/** @throws GatewayError STORE_UNAVAILABLE */
export async function savedSearches({ engine, request }: Errand): Promise<object[]> {
  const { partner, practitioner } = request.principal;
  const saved = await engine.savedSearches.ofOfficer(partner, practitioner);
  return saved.map(({ id, name, days, filter }) => ({ reference: id, name, days, ...filter }));
}

/** @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE */
export async function saveSearch({ engine, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { partner, practitioner } = request.principal;
  const { name: given, days, ...asked } = args['input'] as SaveSearchInput;
  const name = given.trim();
  const filter = Object.fromEntries(Object.entries(asked).filter(([, value]) => value != null)) as SavedFilter;
  const problems = [
    ...([...name].length <= 60 && LINE.test(name) ? [] : ['"name" needs 1 to 60 characters on one line.']),
    ...(days >= 1 && days <= LONGEST_DAYS ? [] : [`"days" must be from 1 to ${LONGEST_DAYS}.`]),
    ...Object.entries(filter).flatMap(([key, value]) =>
      value.length <= 100 && LINE.test(value) ? [] : [`"${key}" needs 1 to 100 characters on one line.`],
    ),
  ];
  if (problems.length > 0) throw new GatewayError('BAD_USER_INPUT', problems.join(' '));
  const saved = await engine.savedSearches.ofOfficer(partner, practitioner);
  const same = saved.find((search) => search.name === name);
  const code = same === undefined && saved.length >= MOST ? 'TOO_MANY' : null;
  const id = same?.id ?? randomUUID();
  root.deed = { kind: 'acknowledgement', ok: code === null, code, reference: code === null ? id : null };
  if (code !== null) return { ...refusedAs(code, 'deleteSavedSearch'), reference: null };
  afterRecorded(() => engine.savedSearches.save({ id, partner, practitioner, name, days, filter }));
  return { ok: true, code: null, allowedNow: ['savedSearches'], reference: id };
}

/** @throws GatewayError STORE_UNAVAILABLE */
export async function deleteSavedSearch({ engine, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { partner, practitioner } = request.principal;
  const { reference } = args['input'] as { readonly reference: string };
  const saved = await engine.savedSearches.ofOfficer(partner, practitioner);
  const id = saved.find((search) => search.id === reference)?.id ?? null;
  root.deed = { kind: 'acknowledgement', ok: true, code: null, reference: id };
  if (id !== null) afterRecorded(() => engine.savedSearches.remove(partner, practitioner, id));
  return { ok: true, code: null, allowedNow: ['savedSearches'], reference: id };
}
