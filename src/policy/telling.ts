import type { Bundle } from './bundle.ts';

/** What of the log waits for a decision before its person is told of it. A name that policy does not know waits. */
export function tellingRules({ classes, classOf, messages, partners, purposes, telling: { waits } }: Bundle) {
  const ofIdentifier = new Map(
    [...classes.values()].flatMap(({ name, identifiers }) => identifiers.map((type) => [type, name] as const)),
  );
  return {
    classOf: (field: string): string | null =>
      (field.startsWith(IDENTIFIERS)
        ? ofIdentifier.get(field.slice(IDENTIFIERS.length))
        : (classOf.get(field) ?? messages.get(field))) ?? null,
    recipientWaits: (partner: string): boolean =>
      waits.recipients.includes(partners.get(partner)?.type ?? '') || !partners.has(partner),
    purposeWaits: (purpose: string): boolean => waits.purposes.includes(purpose) || !purposes.has(purpose),
    classWaits: (dataClass: string): boolean => waits.classes.includes(dataClass),
  };
}

/** How the log writes that an identifier was told. */
const IDENTIFIERS = 'Person.identifiers:';

/** How a person is told of things. What policy no longer knows has words too, for it may have been so once. */
export function tellingWords({ partners, telling }: Bundle) {
  return {
    paragraph: telling.paragraph,
    organisation(partner: string): string {
      const known = partners.get(partner);
      if (known && telling.named.includes(partner)) return known.name;
      return telling.organisations.get(known?.type ?? '') ?? 'An organisation that no longer takes part';
    },
    purpose: (code: string): string => telling.purposes.get(code) ?? 'For a purpose that is no longer used',
    kind: (dataClass: string): string => telling.kinds.get(dataClass) ?? 'Other information',
  };
}
