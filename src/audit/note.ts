import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** Signed notes: https://c2sp.org/signed-note, with Ed25519 keys, in the text forms of golang.org/x/mod/sumdb/note. */

/** A key that signs, and what others need to verify it. */
export interface Signer {
  readonly name: string;
  readonly key: KeyObject;
  readonly vkey: string;
}

/** A key that verifies. */
export interface Verifier {
  readonly name: string;
  /** Eight hexadecimal digits: what a signature says it was made with. */
  readonly id: string;
  readonly key: KeyObject;
}

/** A note is not what it should be, or was not signed by whom it should be. */
export class NoteError extends Error {
  override readonly name = 'NoteError';
  readonly why: 'malformed' | 'unknown-key' | 'bad-signature';

  constructor(why: NoteError['why'], message: string) {
    super(message);
    this.why = why;
  }
}

/** What a key signs: notes as they stand, or cosignatures (see `cosign`). A key is for one of them. */
export type SignatureType = typeof ED25519 | typeof COSIGNATURE;
const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
const PRIVATE = 'PRIVATE+KEY+';
/** PKCS #8 of an Ed25519 key, up to its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** The format asks for sixteen at least. */
const MOST_SIGNATURES = 100;

/** The text with the signer's line under it. @throws NoteError for a text that no note can hold */
export function signNote(text: string, signer: Signer): string {
  if (!text.endsWith('\n') || !isText(text)) throw new NoteError('malformed', 'a note is lines of text, each ended');
  return `${text}\n${formatSignature(parseVkey(signer.vkey), sign(null, Buffer.from(text), signer.key))}`;
}

/** The line that a signature has under a note. */
export function formatSignature({ name, id }: Pick<Verifier, 'name' | 'id'>, signature: Uint8Array): string {
  return `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
}

/**
 * The text of a note, once at least one of `verifiers` has signed it. Signatures of other keys are passed over.
 * @throws NoteError `malformed`; `bad-signature` of a key that we know; `unknown-key` when no key that we know signed
 */
export function openNote(
  note: string,
  verifiers: readonly Verifier[],
): { readonly text: string; readonly signedBy: readonly Verifier[] } {
  const { text, signatures } = splitNote(note);
  const signedBy = new Set<Verifier>();
  for (const { name, id, signature } of signatures) {
    const verifier = verifiers.find((known) => known.name === name && known.id === id);
    if (verifier === undefined || signedBy.has(verifier)) continue;
    if (!verify(null, Buffer.from(text), verifier.key, signature)) {
      throw new NoteError('bad-signature', `the signature of ${name} is not one of this text`);
    }
    signedBy.add(verifier);
  }
  if (signedBy.size === 0) throw new NoteError('unknown-key', 'none of the keys given has signed this');
  return { text, signedBy: [...signedBy] };
}

/** A line under a note, of which nobody knows yet whether it is good. */
export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly signature: Buffer;
}

/** A note's text and what claims to sign it. @throws NoteError `malformed` */
export function splitNote(note: string): { readonly text: string; readonly signatures: readonly NoteSignature[] } {
  const end = note.lastIndexOf('\n\n');
  if (end === -1 || !note.endsWith('\n') || !isText(note)) {
    throw new NoteError('malformed', 'not a signed note: text, an empty line, and a line for each signature');
  }
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) throw new NoteError('malformed', `more than ${MOST_SIGNATURES} signatures`);
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [, name = '', base64 = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (!isName(name) || bytes === null || bytes.length < 5) {
    throw new NoteError('malformed', 'a signature is "— ", the name of a key, and base64');
  }
  return { name, id: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
}

/** `<name>+<id>+<base64>`, which anybody may have. */
export function formatVkey(name: string, publicKey: KeyObject, type: SignatureType = ED25519): string {
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const bytes = Buffer.concat([Buffer.of(type), Buffer.from(x, 'base64url')]);
  return `${name}+${keyId(name, bytes)}+${bytes.toString('base64')}`;
}

/** @throws NoteError `malformed`, without repeating the text */
export function parseVkey(text: string): Verifier {
  return parseVkeyOf(ED25519, text);
}

/** The same of a key of either type. @throws NoteError `malformed` for one of the other */
export function parseVkeyOf(type: SignatureType, text: string): Verifier {
  const { name, id, bytes } = parseKey(text, type, 'a key to verify with');
  const x = bytes.toString('base64url', 1);
  if (id !== keyId(name, bytes)) throw new NoteError('malformed', 'the id of this key is that of another');
  return { name, id, key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) };
}

/**
 * The key of a line `PRIVATE+KEY+<name>+<id>+<base64>`.
 * @throws NoteError `malformed`, without repeating the text
 */
export function parseSigner(text: string, type: SignatureType = ED25519): Signer {
  if (!text.startsWith(PRIVATE)) throw new NoteError('malformed', `a key to sign with begins with ${PRIVATE}`);
  const { name, id, bytes } = parseKey(text.slice(PRIVATE.length), type, 'a key to sign with, after PRIVATE+KEY+,');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, bytes.subarray(1)]), format: 'der', type: 'pkcs8' });
  const vkey = formatVkey(name, createPublicKey(key), type);
  if (parseVkeyOf(type, vkey).id !== id) throw new NoteError('malformed', 'the id of this key is that of another');
  return { name, key, vkey };
}

/** A new key: the line to keep, and the one to give away. @throws NoteError for a name that no key can have */
export function generateKey(
  name: string,
  type: SignatureType = ED25519,
): { readonly privateKey: string; readonly vkey: string } {
  if (!isName(name)) throw new NoteError('malformed', 'the name of a key has neither spaces nor plus signs');
  const pair = generateKeyPairSync('ed25519');
  const { d = '' } = pair.privateKey.export({ format: 'jwk' });
  const vkey = formatVkey(name, pair.publicKey, type);
  const bytes = Buffer.concat([Buffer.of(type), Buffer.from(d, 'base64url')]);
  return { privateKey: `${PRIVATE}${name}+${parseVkeyOf(type, vkey).id}+${bytes.toString('base64')}`, vkey };
}

function parseKey(text: string, type: SignatureType, what: string): { name: string; id: string; bytes: Buffer } {
  const [, name = '', id = '', base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  const bytes = fromBase64(base64);
  if (!isName(name) || bytes?.length !== 33 || bytes[0] !== type) {
    const whose = type === COSIGNATURE ? "a witness's Ed25519 key" : 'an Ed25519 key';
    throw new NoteError('malformed', `${what} is <name>+<8 hexadecimal digits>+<base64 of ${whose}>`);
  }
  return { name, id, bytes };
}

function keyId(name: string, publicKey: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), publicKey])).slice(0, 8);
}

function isName(name: string): boolean {
  return /^[^\s+]+$/u.test(name) && isText(name);
}

/** No control character but the newline, and nothing without a UTF-8 form. */
function isText(text: string): boolean {
  return text.isWellFormed() && !/[^\P{Cc}\n]/u.test(text);
}

/** Its one encoding, or null. */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
