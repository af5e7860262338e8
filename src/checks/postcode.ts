/** The outward half of a postcode of the United Kingdom (`SW1A` of `sw1a1aa`); null for what is written otherwise. */
export function outwardOf(postcode: string): string | null {
  return tidyPostcode(postcode)?.split(' ')[0] ?? null;
}

/** In capitals, with one space between its halves; null for what is no postcode. */
export function tidyPostcode(postcode: string): string | null {
  const [, outward, inward] = POSTCODE.exec(postcode.trim().toUpperCase()) ?? [];
  return outward === undefined || inward === undefined ? null : `${outward} ${inward}`;
}

// The forms of BS 7666. Which of them are in use is for the area table to know.
const POSTCODE = /^([A-Z]{1,2}[0-9][0-9A-Z]?) *([0-9][A-Z]{2})$/;
