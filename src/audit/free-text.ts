import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';

/** What people write in their own words, kept beside the log: encrypted, with a commitment to it in the entry. */

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 32;

/**
 * Encrypts one text under a key of its own.
 * @param key of the pseudonyms; the texts' keys are derived from it (HKDF, RFC 5869)
 * @param epoch the key's
 * @param id a UUID: the text can be opened under it and under no other
 * @returns nonce, tag and ciphertext of salt and text; and SHA-256 of salt and text, base64url. Without the salt, which
 *   goes when the text is erased, the commitment tells nothing of a text that could be guessed
 */
export function sealText(
  key: Uint8Array,
  epoch: number,
  id: string,
  text: string,
): { readonly sealed: Uint8Array; readonly commitment: string } {
  const content = Buffer.concat([randomBytes(SALT_BYTES), Buffer.from(text)]);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(key, id), nonce, { authTagLength: TAG_BYTES }).setAAD(bound(epoch, id));
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
  return {
    sealed: Buffer.concat([nonce, cipher.getAuthTag(), encrypted]),
    commitment: hash('sha256', content, 'base64url'),
  };
}

/**
 * @param keys oldest first: that of an epoch stands at its place, from 1
 * @throws Error for what was not sealed by that key, under that id and epoch, or was altered since
 */
export function openText(keys: readonly Uint8Array[], id: string, epoch: number, sealed: Uint8Array): string {
  const key = keys[epoch - 1];
  if (!key) throw new Error(`there is no key of epoch ${epoch}`);
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, keyOf(key, id), nonce, { authTagLength: TAG_BYTES })
    .setAAD(bound(epoch, id))
    .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const content = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  return content.toString('utf8', SALT_BYTES);
}

function keyOf(key: Uint8Array, id: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', `throughgate free text ${id}`, 32));
}

function bound(epoch: number, id: string): Buffer {
  return Buffer.from(`${epoch} ${id}`);
}
