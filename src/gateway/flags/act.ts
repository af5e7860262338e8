import { GatewayError } from '../../errors.ts';
import type { CaseChange, CaseHead } from '../../record/flags.ts';
import type { SealedText } from '../../record/governance.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { readIdempotencyKey, readText } from '../input.ts';
import { startLook } from '../log/look.ts';
import { accountOf, createBars, personIn, readCase } from './readable.ts';

type Refusal = 'NOT_OPEN' | 'OWN_ACCESS' | 'OWN_LINE' | 'OWN_PROPOSAL' | 'VERSION_CONFLICT';

/** What is done, if it may be: the step of the case's history, and the word that the log has for it. */
interface Step extends Pick<CaseChange, 'step' | 'detail'> {
  readonly word: string;
  readonly text: SealedText | null;
  readonly idempotencyKey: string | null;
}

/**
 * Gives a case to an officer of the caller's partner who may handle it.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function assignFlagCase(errand: Errand): Promise<object> {
  const { reference, to, expectedVersion } = errand.args['input'] as {
    reference: string;
    to?: string | null;
    expectedVersion: number;
  };
  const { partner, practitioner } = errand.request.principal;
  const officer = to?.trim() || practitioner;
  if (!PRACTITIONER.test(officer)) {
    throw new GatewayError('BAD_USER_INPUT', '"to" needs the id of an officer, such as IGO-0001.');
  }
  return act(errand, reference, 'ASSIGN', async (head, bars) => {
    if (head.version !== expectedVersion) return 'VERSION_CONFLICT';
    const bar = await bars(head, officer);
    const detail = accountOf({ partner, practitioner: officer });
    return bar ?? { step: 'ASSIGNED', detail, word: 'ASSIGNED', text: null, idempotencyKey: null };
  });
}

/**
 * Adds what somebody found to a case. Sent again under its key it is the same note.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function noteFlagCase(errand: Errand): Promise<object> {
  const { engine, request } = errand;
  const input = errand.args['input'] as { reference: string; text: string; idempotencyKey: string };
  const idempotencyKey = readIdempotencyKey(input.idempotencyKey);
  const text = engine.texts.seal(readText('text', input.text));
  const by = accountOf(request.principal);
  return act(errand, input.reference, 'NOTE', async ({ steps }) => {
    const isKept = steps.some((step) => step.by === by && step.idempotencyKey === idempotencyKey);
    return isKept ? 'KEPT' : { step: 'NOTED', detail: null, word: 'NOTED', text, idempotencyKey };
  });
}

/**
 * Closes a case with what was found. Misconduct takes two officers.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function closeFlagCase(errand: Errand): Promise<object> {
  const { engine, request } = errand;
  const input = errand.args['input'] as { reference: string; outcome: string; text: string; expectedVersion: number };
  const text = engine.texts.seal(readText('text', input.text));
  const by = accountOf(request.principal);
  return act(errand, input.reference, input.outcome, async (head) => {
    if (head.version !== input.expectedVersion) return 'VERSION_CONFLICT';
    const takesTwo = input.outcome === MISCONDUCT;
    if (takesTwo && head.proposedBy === by) return 'OWN_PROPOSAL';
    const isProposal = takesTwo && head.proposedBy === null;
    return {
      step: isProposal ? 'PROPOSED' : 'CLOSED',
      detail: input.outcome,
      word: isProposal ? `PROPOSED_${input.outcome}` : input.outcome,
      text,
      idempotencyKey: null,
    };
  });
}

const MISCONDUCT = 'MISCONDUCT_REFERRED';
const PRACTITIONER = /^[A-Za-z0-9-]{1,40}$/;

/**
 * A case that is not the caller's to read, a closed one and none at all are told alike.
 * @param decide `KEPT` for what was done before
 */
async function act(
  errand: Errand,
  reference: string,
  asked: string,
  decide: (head: CaseHead, bars: ReturnType<typeof createBars>) => Promise<Step | Refusal | 'KEPT'>,
): Promise<object> {
  const { engine, request, root, afterRecorded } = errand;
  const look = await startLook(errand, null);
  const head = await readCase(errand, look, reference);
  if (head === null || head.state === 'CLOSED') return refuse('NOT_OPEN', null);
  const bars = createBars(errand);
  const decided = (await bars(head)) ?? (await decide(head, bars));
  if (decided === 'KEPT') {
    note(true, null, asked, head, null);
    return { ok: true, code: null, allowedNow: ['flagCase'], version: head.version };
  }
  if (typeof decided === 'string') return refuse(decided, head);

  const { word, ...step } = decided;
  note(true, null, word, head, step.text);
  afterRecorded(async () => {
    const change = { case: head.id, version: head.version, at: request.now, by: accountOf(request.principal), ...step };
    // Asked again, this answers with what somebody else made of it.
    if (!(await engine.flagCases.change(change))) throw new Error('somebody else changed the case meanwhile');
  });
  return { ok: true, code: null, allowedNow: ['flagCase', 'flagCases'], version: head.version + 1 };

  function refuse(code: Refusal, of: CaseHead | null): object {
    note(false, code, asked, of, null);
    const next = code === 'VERSION_CONFLICT' ? ['flagCase'] : ['flagCases'];
    return { ...refusedAs(code, ...next), version: of?.version ?? null };
  }

  function note(ok: boolean, code: string | null, outcome: string, of: CaseHead | null, text: SealedText | null): void {
    root.deed = {
      kind: 'review',
      of: 'flag-case',
      ok,
      code,
      reference: of?.id ?? null,
      outcome,
      ...(text && { text }),
      person: of && personIn(of),
    };
  }
}
