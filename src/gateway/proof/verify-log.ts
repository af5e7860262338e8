import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { readIdempotencyKey } from '../input.ts';
import { checkpointIn, checkpointOf, goesOn } from './consistent.ts';
import { treeOf } from './log-status.ts';

/**
 * Starts a check of the whole log once that is recorded. The same key again is the same check.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function verifyLog({ engine: { proof }, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { partner, practitioner } = request.principal;
  const { idempotencyKey } = args['input'] as { readonly idempotencyKey: string };
  const { verifications } = proof;
  const start = { idempotencyKey: readIdempotencyKey(idempotencyKey), partner, startedBy: practitioner };
  treeOf(proof);
  const [before, latest] = await Promise.all([verifications.startedAs(start), verifications.latest()]);
  if (before === null && latest?.state === 'RUNNING') {
    root.deed = { kind: 'acknowledgement', ok: false, code: 'ALREADY_RUNNING', reference: latest.id };
    return { ...refusedAs('ALREADY_RUNNING', 'verification'), reference: latest.id };
  }
  const id = before?.id ?? randomUUID();
  root.deed = { kind: 'acknowledgement', ok: true, code: null, reference: id };
  if (before === null) {
    afterRecorded(async () => {
      if (!(await verifications.start({ ...start, id, startedAt: request.now }))) {
        throw new Error('somebody else started one meanwhile');
      }
      proof.verify(id);
    });
  }
  return { ok: true, code: null, allowedNow: ['verification'], reference: id };
}

interface RecordOutsideVerificationInput {
  readonly checkpoint: string;
  readonly who: string;
  readonly idempotencyKey: string;
}

/** A checkpoint with the lines of as many witnesses as anybody has. */
const LONGEST_NOTE = 20_000;

/**
 * Keeps a checkpoint that somebody outside kept, once it is known to be the log's own, and whether the log goes on from
 * it. That it does not is the worst there is to learn, and is kept above all.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function recordOutsideVerification(errand: Errand): Promise<object> {
  const { engine, request, root, args, afterRecorded } = errand;
  const { proof } = engine;
  const { partner, practitioner } = request.principal;
  const input = args['input'] as RecordOutsideVerificationInput;
  const idempotencyKey = readIdempotencyKey(input.idempotencyKey);
  const who = readWho(input.who);
  // Whoever pastes it may lose the end of its last line.
  const checkpoint = `${input.checkpoint.replaceAll('\r\n', '\n').trim()}\n`;
  const tree = treeOf(proof);
  const note = proof.checkpoint();
  const older = checkpoint.length > LONGEST_NOTE ? null : checkpointIn(checkpoint, proof.keys);
  if (older === null || note === null) return refuse('NOT_OF_THIS_LOG', null);
  const outside = { idempotencyKey, partner, recordedBy: practitioner };
  const before = await proof.verifications.outsideAs(outside);
  if (before && (before.who !== who || before.checkpoint !== checkpoint)) {
    return refuse('IDEMPOTENCY_KEY_REUSED', before.id);
  }
  const agrees = before?.agrees ?? (await goesOn(tree, older, checkpointOf(note)));
  const id = before?.id ?? randomUUID();
  const code = agrees ? null : 'LOG_DIFFERS';
  root.deed = { kind: 'acknowledgement', ok: agrees, code, reference: id };
  afterRecorded(async () => {
    const kept = { ...outside, id, who, checkpoint, size: older.size, agrees, recordedAt: request.now };
    await proof.verifications.keepOutside(kept);
  });
  if (code !== null) return { ...refusedAs(code, 'verifyLog', 'logStatus'), reference: id };
  return { ok: true, code, allowedNow: ['logStatus'], reference: id };

  function refuse(why: string, reference: string | null): object {
    root.deed = { kind: 'acknowledgement', ok: false, code: why, reference };
    return { ...refusedAs(why, 'recordOutsideVerification'), reference };
  }
}

/** @throws GatewayError BAD_USER_INPUT */
function readWho(text: string): string {
  const who = text.trim();
  if (/^[^\p{C}\p{Zl}\p{Zp}]{3,100}$/u.test(who)) return who;
  throw new GatewayError(
    'BAD_USER_INPUT',
    '"who" needs 3 to 100 characters on one line: an organisation or an office.',
  );
}
