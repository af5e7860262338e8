import type { IdentifierCheck, IdentifierPolicy } from './bundle.ts';

/** Whether a value is well formed for its type: its pattern, then its check character. Knows nothing of who exists. */
export function checkIdentifier(policy: Pick<IdentifierPolicy, 'pattern' | 'check'>, value: string): boolean {
  return policy.pattern.test(value) && CHECKS[policy.check](value);
}

const CHECKS: Readonly<Record<IdentifierCheck, (value: string) => boolean>> = {
  none: () => true,
  'pnc-letter': isPnc,
  'nhs-mod-11': isNhsNumber,
  'nino-prefix': hasNinoPrefix,
};

/** `YYYY/NNNNNNNC`: the two-digit year and the serial as one number, modulo 23, choose the letter. I, O and S are unused. */
function isPnc(value: string): boolean {
  const [, year, serial, letter] = /^\d\d(\d\d)\/(\d{7})([A-Z])$/.exec(value) ?? [];
  return letter !== undefined && 'ZABCDEFGHJKLMNPQRTUVWXY'[Number(`${year}${serial}`) % 23] === letter;
}

/** NHS Data Dictionary: digits weighted 10 to 2; the tenth is 11 less the remainder, 11 counts as 0 and 10 is never issued. */
function isNhsNumber(value: string): boolean {
  if (!/^\d{10}$/.test(value)) return false;
  const digits = [...value].map(Number);
  const sum = digits.slice(0, 9).reduce((total, digit, index) => total + digit * (10 - index), 0);
  return (11 - (sum % 11)) % 11 === digits[9];
}

/**
 * HMRC manual NIM39110: letters and prefixes that are not used. QQ, the prefix of HMRC's own published example, is let
 * through although it is never issued: synthetic numbers have it, and it finds nobody else.
 */
function hasNinoPrefix(value: string): boolean {
  if (value.startsWith('QQ')) return true;
  return /^[^DFIQUV][^DFIQUVO]/.test(value) && !NINO_UNUSED.has(value.slice(0, 2));
}

/** Never allocated, and the administrative prefixes that are not National Insurance numbers. */
const NINO_UNUSED: ReadonlySet<string> = new Set([
  ...['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'],
  ...['CR', 'FY', 'MW', 'NC', 'OO'],
]);
