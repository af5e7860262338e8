import type { AgreementFile, PartnersFile } from './files.ts';

/** Partner codes for a list of partner codes and schemes. Unknown names are passed over. */
export function expandParties({ partners, schemes = {} }: PartnersFile, names: readonly string[]): string[] {
  const codes = names.flatMap((name) => (Object.hasOwn(schemes, name) ? (schemes[name] ?? []) : [name]));
  return [...new Set(codes)].filter((code) => Object.hasOwn(partners, code)).sort();
}

/**
 * Whom each holder of an agreement lets see its data. A holder's own practitioners are covered by `own` alone, also
 * where a scheme shares with itself.
 */
export function recipientsByHolder(partners: PartnersFile, agreement: AgreementFile): Map<string, readonly string[]> {
  const { recipients } = agreement;
  const others = recipients === 'own' ? null : expandParties(partners, recipients);
  return new Map(
    expandParties(partners, agreement.holders).map((holder) => [
      holder,
      others === null ? [holder] : others.filter((recipient) => recipient !== holder),
    ]),
  );
}
