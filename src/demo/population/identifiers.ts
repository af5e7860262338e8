/**
 * Identifiers that are well formed and, where a range is set aside for the purpose, can belong to nobody: National
 * Insurance numbers begin with QQ, which is never issued; NHS numbers begin with 999, the test range. No range of
 * prison numbers, CRNs or PNC ids is known to be reserved: those may coincide with real ones, and nothing else here
 * does. Children's case and housing references have a form of our own.
 */
import { HOLDERS, type HolderCode, type IdentifierType } from './holders.ts';
import { mix } from './random.ts';

/** The largest population that can be numbered. Also where the numbers of merged, former records begin. */
export const MAXIMUM_SIZE = 400_000;

export interface Numbering {
  /** `holder` matters for references that each holder issues; `pncYear` for PNC ids. */
  value(type: IdentifierType, holder: HolderCode, person: { index: number; pncYear: number }): string;
  formerPrisonNumber(index: number): string;
  /** Whose number it would be. It may be nobody's: compare with `value`. Null for a malformed one. */
  index(type: IdentifierType, holder: HolderCode, value: string): number | null;
}

export function createNumbering(seed: number, size: number): Numbering {
  const scatter = (salt: number, modulus: number) => createScatter(mix(seed ^ mix(salt)), modulus);
  const prison = scatter(1, 26 ** 3 * 10_000);
  const crn = scatter(2, 26 * 1_000_000);
  const pnc = scatter(3, 9_999_999);
  const nino = scatter(4, 4 * 1_000_000);
  const nhs = createNhsNumbers(scatter(5, 1_000_000), size);
  const references = new Map(HOLDERS.map(({ code }, i) => [code as HolderCode, scatter(6 + i, 10_000_000)]));
  const reference = (holder: HolderCode) => references.get(holder) ?? crn;

  return {
    value(type, holder, { index, pncYear }) {
      switch (type) {
        case 'PRISON_NUMBER':
          return prisonNumber(prison.to(index));
        case 'CRN':
          return letter(Math.floor(crn.to(index) / 1_000_000)) + digits(crn.to(index) % 1_000_000, 6);
        case 'PNC_ID':
          return pncId(pncYear, pnc.to(index) + 1);
        case 'NINO':
          return `QQ${digits(Math.floor(nino.to(index) / 4), 6)}${letter(nino.to(index) % 4)}`;
        case 'NHS_NUMBER':
          return nhs.to(index);
        case 'CHILDRENS_CASE':
          return `CS-${digits(reference(holder).to(index), 7)}`;
        case 'HOUSING_APPLICATION':
          return `HA-${digits(reference(holder).to(index), 7)}`;
      }
    },
    formerPrisonNumber: (index) => prisonNumber(prison.to(MAXIMUM_SIZE + index)),
    index(type, holder, value) {
      switch (type) {
        case 'PRISON_NUMBER':
          return /^[A-Z]\d{4}[A-Z]{2}$/.test(value) ? prison.from(prisonSerial(value)) : null;
        case 'CRN':
          return /^[A-Z]\d{6}$/.test(value) ? crn.from(ordinal(value, 0) * 1_000_000 + Number(value.slice(1))) : null;
        case 'PNC_ID':
          return /^\d{4}\/\d{7}[A-Z]$/.test(value) ? pnc.from(Number(value.slice(5, 12)) - 1) : null;
        case 'NINO':
          return /^QQ\d{6}[A-D]$/.test(value) ? nino.from(Number(value.slice(2, 8)) * 4 + ordinal(value, 8)) : null;
        case 'NHS_NUMBER':
          return /^999\d{7}$/.test(value) ? nhs.from(Number(value.slice(3, 9))) : null;
        case 'CHILDRENS_CASE':
          return /^CS-\d{7}$/.test(value) ? reference(holder).from(Number(value.slice(3))) : null;
        case 'HOUSING_APPLICATION':
          return /^HA-\d{7}$/.test(value) ? reference(holder).from(Number(value.slice(3))) : null;
      }
    },
  };
}

/** The check letter of a PNC id: two-digit year and seven-digit serial as one number, modulo 23. I, O and S are unused. */
export function pncCheckLetter(year: number, serial: number): string {
  return 'ZABCDEFGHJKLMNPQRTUVWXY'.charAt(((year % 100) * 10_000_000 + serial) % 23);
}

/** The check digit of the first nine digits of an NHS number, modulo 11; null where no number is issued. */
export function nhsCheckDigit(nine: string): number | null {
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += Number(nine.charAt(i)) * (10 - i);
  const check = 11 - (sum % 11);
  return check === 10 ? null : check % 11;
}

interface Scatter {
  to(index: number): number;
  from(serial: number): number;
}

/** A one-to-one jumble of the numbers below `modulus`, so that neighbours do not get neighbouring numbers. */
function createScatter(offset: number, modulus: number): Scatter {
  const factor = 7_368_787; // A prime, so it has no divisor in common with any modulus used here.
  const inverse = modularInverse(BigInt(factor), BigInt(modulus));
  return {
    to: (index) => (factor * index + offset) % modulus,
    from(serial) {
      const shifted = (((serial - offset) % modulus) + modulus) % modulus;
      return Number((BigInt(shifted) * inverse) % BigInt(modulus));
    },
  };
}

function modularInverse(value: bigint, modulus: bigint): bigint {
  let [r, nextR, t, nextT] = [modulus, value % modulus, 0n, 1n];
  while (nextR !== 0n) {
    const quotient = r / nextR;
    [r, nextR] = [nextR, r - quotient * nextR];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  return ((t % modulus) + modulus) % modulus;
}

/** One serial in eleven has no check digit and is passed over, so these are counted out once and kept. */
function createNhsNumbers(scatter: Scatter, size: number) {
  const serials = new Int32Array(size);
  const indexes = new Int32Array(1_000_000).fill(-1);
  for (let index = 0, candidate = 0; index < size; candidate++) {
    const serial = scatter.to(candidate);
    if (nhsCheckDigit(`999${digits(serial, 6)}`) === null) continue;
    serials[index] = serial;
    indexes[serial] = index++;
  }
  return {
    to(index: number): string {
      const nine = `999${digits(serials[index] ?? 0, 6)}`;
      return nine + nhsCheckDigit(nine);
    },
    from: (serial: number): number | null => {
      const index = indexes[serial] ?? -1;
      return index === -1 ? null : index;
    },
  };
}

function prisonNumber(serial: number): string {
  const [tail, middle, head] = [serial % 676, Math.floor(serial / 676) % 10_000, Math.floor(serial / 6_760_000)];
  return letter(head) + digits(middle, 4) + letter(Math.floor(tail / 26)) + letter(tail % 26);
}

function prisonSerial(value: string): number {
  return (ordinal(value, 0) * 10_000 + Number(value.slice(1, 5))) * 676 + ordinal(value, 5) * 26 + ordinal(value, 6);
}

function pncId(year: number, serial: number): string {
  return `${year}/${digits(serial, 7)}${pncCheckLetter(year, serial)}`;
}

function letter(ordinal: number): string {
  return String.fromCharCode(65 + ordinal);
}

function ordinal(text: string, position: number): number {
  return text.charCodeAt(position) - 65;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
