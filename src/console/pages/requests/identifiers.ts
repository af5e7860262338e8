import { territoryOf } from '../../../policy/territory.ts';
import type { Visit } from '../../page.ts';

/** A type of number by which the officer may look somebody up in the log. */
export interface IdentifierChoice {
  readonly value: string;
  readonly text: string;
  readonly example: string;
}

/** Those that the officer's own partner knows people by; to the lead all. Empty where the partner holds nothing. */
export function identifierChoices({ officer, policy, record }: Visit): IdentifierChoice[] {
  const holder = territoryOf({ bundle: policy, record }).holders.find(({ code }) => code === officer.partner);
  const key = record.sources.find(({ name }) => name === holder?.source)?.keyField;
  return [...policy.identifiers.values()]
    .filter((identifier) => officer.isLead || identifier.key === key)
    .map(({ name, label, example }) => ({ value: name, text: label, example }));
}

/** The type that was chosen, or the only one there is. */
export function chosenType(typed: string | null, choices: readonly IdentifierChoice[]): string {
  return choices.find(({ value }) => value === typed)?.value ?? choices[0]?.value ?? '';
}
