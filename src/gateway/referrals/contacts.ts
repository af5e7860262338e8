import type { SealedText } from '../../record/governance.ts';
import type { ReferralPack, Referrals } from '../../record/referrals.ts';
import type { Selection } from '../../record/selection.ts';
import { addPlace } from '../checks/told.ts';
import type { Errand } from '../errand.ts';
import { CONTACTS } from '../gaps/contacts.ts';
import type { NamedSubject } from '../subjects-of.ts';

/** `ReferralContact` of the schema. */
export interface Contact {
  readonly hours: string;
  readonly name: string;
  readonly telephone: string;
}

/** Whom the record names, as far as the sender may know it, and the sender's own duty desk. */
export async function findContacts(errand: Errand, subject: NamedSubject): Promise<Contact[]> {
  const { engine, request } = errand;
  const desk = engine.policy.bundle.desks.duty.get(request.principal.partner);
  return [...(await inOfficeHours(errand, subject)), ...(desk ? [desk] : [])];
}

/** Encrypted as they were found: a name in them may be the record's. */
export function sealContacts({ contents }: Referrals, contacts: readonly Contact[]): SealedText {
  return contents.seal(JSON.stringify(contacts.map(({ hours, name, telephone }) => ({ hours, name, telephone }))));
}

/** None once they were deleted. */
export async function readContacts({ contents }: Referrals, { contactsId }: ReferralPack): Promise<readonly Contact[]> {
  const text = contactsId && (await contents.read(contactsId));
  return text === null ? [] : JSON.parse(text);
}

async function inOfficeHours(errand: Errand, subject: NamedSubject): Promise<Contact[]> {
  const { root } = errand;
  const { section, field, selection } = WHO_SUPERVISES;
  // A place of its own: the person may stand in the answer besides, with something else selected.
  const node = errand.place({ ...subject }, selection);
  addPlace(root, node.subject, node);
  if ((node.plans.get(section)?.holders.length ?? 0) === 0) return [];
  const { parts, trueRows } = await node.section(section);
  for (const { status, holder } of trueRows) {
    if (status === 'UNAVAILABLE' && holder) root.unavailable.add(holder);
  }
  return parts.flatMap(({ value }) => {
    const named = (value as Readonly<Record<string, unknown>>)[field];
    const { name = null, team = null, telephone = null } = (named ?? {}) as Readonly<Record<string, string | null>>;
    const called = name ?? team;
    return called === null || telephone === null ? [] : [{ hours: 'Office hours', name: called, telephone }];
  });
}

const WHO_SUPERVISES = supervisor();

function supervisor() {
  const contact = CONTACTS.get('probation');
  if (!contact) throw new Error('no contact is known of probation');
  const leaves: Selection = new Map(['name', 'team', 'telephone'].map((leaf) => [leaf, null]));
  const selection: Selection = new Map([[contact.section, new Map([[contact.field, leaves]])]]);
  return { ...contact, selection };
}
