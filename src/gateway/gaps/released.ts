import type { Looked } from './look.ts';

/** The object types below `Gaps` of the schema. */
export const BELOW_GAPS: Readonly<Record<string, string>> = {
  'Gaps.items': 'Gap',
  'Gaps.notLooked': 'GapNotLooked',
  'Gap.owner': 'GapOwner',
  'Gap.dates': 'GapDate',
  'Gap.acknowledged': 'GapAcknowledgement',
};

/** What the gateway itself keeps of checks: no holder has it. */
const OWN_WORDS_OF_CHECKS = ['Check.state', 'Check.open'];

/** Coordinates that were looked at, and that the holder which said something does not open for the person. */
export function notOpen({ sections, told }: Looked): string[] {
  const heard = [...sections.values()].flatMap(({ parts }) => parts);
  return told.flatMap((each) => {
    const [holder = '', coordinate = ''] = each.split('|');
    const isOpen = heard.some((part) => part.holder === holder && part.fields.has(coordinate));
    return isOpen || OWN_WORDS_OF_CHECKS.includes(coordinate) ? [] : [coordinate];
  });
}
