import { GatewayError } from '../../errors.ts';
import { type Errand, refusedAs } from '../errand.ts';

const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9./_-]{0,63}$/;
const MONTH = /^(?!0000)\d{4}-(0[1-9]|1[0-2])$/;

/** @throws GatewayError STORE_UNAVAILABLE */
export async function logHolds({ engine }: Errand): Promise<object[]> {
  const holds = await engine.logHolds.all();
  return holds.map(({ placedAt, releasedAt, ...hold }) => ({
    ...hold,
    placedAt: placedAt.toISOString(),
    releasedAt: releasedAt?.toISOString() ?? null,
  }));
}

/**
 * Keeps months of the log, once its entry is durable.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function placeLogHold(errand: Errand): Promise<object> {
  const { engine, request, args, afterRecorded } = errand;
  const hold = args['input'] as { readonly reference: string; readonly from: string; readonly until: string };
  checkReference(hold.reference);
  if (!MONTH.test(hold.from) || !MONTH.test(hold.until) || hold.from > hold.until) {
    throw new GatewayError('BAD_USER_INPUT', '"from" and "until" need months, YYYY-MM, in their order.');
  }
  const { practitioner } = request.principal;
  const known = (await engine.logHolds.all()).find(({ reference }) => reference === hold.reference);
  const isSame = known?.releasedAt === null && known.placedBy === practitioner && span(known) === span(hold);
  const months = { from: hold.from, to: hold.until };
  // Sent again, it finds what it placed.
  if (known)
    return isSame ? done(errand, 'HOLD_PLACED', hold.reference, false, months) : refuse(errand, 'REFERENCE_USED');
  afterRecorded(async () => {
    if (!(await engine.logHolds.place(hold, practitioner))) throw new Error('the reference was used meanwhile');
  });
  return done(errand, 'HOLD_PLACED', hold.reference, false, months);
}

/**
 * It takes two: the first asks, and when somebody else asks the same, it is released.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function releaseLogHold(errand: Errand): Promise<object> {
  const { engine, request, args, afterRecorded } = errand;
  const { reference } = args['input'] as { readonly reference: string };
  checkReference(reference);
  const { practitioner } = request.principal;
  const known = (await engine.logHolds.all()).find((hold) => hold.reference === reference);
  if (!known || known.releasedAt !== null) return refuse(errand, 'NOT_OPEN');
  if (known.releaseAskedBy === practitioner) return refuse(errand, 'OWN_REQUEST', reference);
  const isSecond = known.releaseAskedBy !== null;
  afterRecorded(async () => {
    const isReleased = await engine.logHolds.release(reference, practitioner);
    if (isReleased !== isSecond) throw new Error('somebody else asked meanwhile');
  });
  return done(errand, isSecond ? 'HOLD_RELEASED' : 'HOLD_RELEASE_ASKED', reference, isSecond);
}

/** @throws GatewayError BAD_USER_INPUT */
function checkReference(reference: string): void {
  if (REFERENCE.test(reference)) return;
  throw new GatewayError('BAD_USER_INPUT', '"reference" needs letters, digits and "./_-", at most 64.');
}

function span({ from, until }: { readonly from: string; readonly until: string }): string {
  return `${from} ${until}`;
}

function done(
  { root }: Errand,
  outcome: string,
  reference: string,
  released: boolean,
  months?: { readonly from: string; readonly to: string },
): object {
  root.deed = {
    kind: 'review',
    of: 'hold',
    ok: true,
    code: null,
    reference,
    outcome,
    person: null,
    ...(months && { months }),
  };
  return { ok: true, code: null, allowedNow: ['logHolds'], released };
}

function refuse({ root }: Errand, code: string, reference: string | null = null): object {
  root.deed = { kind: 'review', of: 'hold', ok: false, code, reference, outcome: code, person: null };
  return { ...refusedAs(code, 'logHolds'), released: false };
}
