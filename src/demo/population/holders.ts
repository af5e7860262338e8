import type { Area } from './names.ts';

/** The twelve demonstration holders, in the order of their ports. */
export const HOLDERS = [
  { code: 'hmpps-prisons', source: 'prison', identifier: 'PRISON_NUMBER', area: null },
  { code: 'probation-service', source: 'probation', identifier: 'CRN', area: null },
  { code: 'northmere-police', source: 'police', identifier: 'PNC_ID', area: 'northmere' },
  { code: 'southdale-police', source: 'police', identifier: 'PNC_ID', area: 'southdale' },
  { code: 'northmere-children', source: 'childrens', identifier: 'CHILDRENS_CASE', area: 'northmere' },
  { code: 'southdale-children', source: 'childrens', identifier: 'CHILDRENS_CASE', area: 'southdale' },
  { code: 'benefits-department', source: 'benefits', identifier: 'NINO', area: null },
  { code: 'health-service', source: 'health', identifier: 'NHS_NUMBER', area: null },
  { code: 'northmere-treatment', source: 'treatment', identifier: 'NHS_NUMBER', area: 'northmere' },
  { code: 'southdale-treatment', source: 'treatment', identifier: 'NHS_NUMBER', area: 'southdale' },
  { code: 'northmere-housing', source: 'housing', identifier: 'HOUSING_APPLICATION', area: 'northmere' },
  { code: 'southdale-housing', source: 'housing', identifier: 'HOUSING_APPLICATION', area: 'southdale' },
] as const satisfies readonly { code: string; source: string; identifier: string; area: Area | null }[];

export type Holder = (typeof HOLDERS)[number];
export type HolderCode = Holder['code'];
export type SourceType = Holder['source'];
export type IdentifierType = Holder['identifier'];

export function holderOf(code: HolderCode): Holder {
  const holder = HOLDERS.find((candidate) => candidate.code === code);
  if (holder === undefined) throw new RangeError(`"${code}" is not a demonstration holder.`);
  return holder;
}

/** Identifiers that each holder issues for itself: a value means something at that holder only. */
export const ISSUED_BY_HOLDER: ReadonlySet<IdentifierType> = new Set(['CHILDRENS_CASE', 'HOUSING_APPLICATION']);

/** A set of holders as bits, in the order of `HOLDERS`: small enough to keep several for each of 100,000 people. */
export type HolderSet = number;

export const NO_HOLDERS: HolderSet = 0;
export const ALL_HOLDERS: HolderSet = (1 << HOLDERS.length) - 1;

export function holderSet(...codes: readonly HolderCode[]): HolderSet {
  return codes.reduce((set, code) => set | bit(code), NO_HOLDERS);
}

export function ofSource(...sources: readonly SourceType[]): HolderSet {
  return holderSet(...HOLDERS.filter(({ source }) => sources.includes(source)).map(({ code }) => code));
}

export function includes(set: HolderSet, code: HolderCode): boolean {
  return (set & bit(code)) !== 0;
}

const BITS = new Map<HolderCode, number>(HOLDERS.map(({ code }, i) => [code, 1 << i]));

function bit(code: HolderCode): number {
  return BITS.get(code) ?? 0;
}
