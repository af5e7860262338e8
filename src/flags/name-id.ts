import { hash } from 'node:crypto';

/** A UUID that follows from its parts: the same for the same ones (RFC 9562, version 8: of our own making). */
export function nameId(parts: readonly string[]): string {
  const digits = hash('sha256', parts.join('\n'));
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}
