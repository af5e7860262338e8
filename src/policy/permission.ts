import { covers, type Objection, type Permission, type SubjectFacts } from '../record/facts.ts';
import type { Bundle } from './bundle.ts';
import { type Reason, refuse } from './gates.ts';
import type { FieldGrant, HolderGrant, View } from './view.ts';

/**
 * What of a holder's grant is open for one person: classes that wait for a permission once one is in force, less classes
 * closed by an upheld objection, and under break-glass only what the agreement marks for emergencies. People of whom the
 * same holds share one set.
 */
export function fieldsInForce(
  bundle: Bundle,
  view: View,
  grant: HolderGrant,
  facts: Pick<SubjectFacts, 'permissions' | 'objections'>,
  emergencyOnly: boolean,
): ReadonlySet<string> {
  const objected = facts.objections.length === 0 ? NOTHING : closedClasses(bundle, view, grant, facts.objections);
  if (!grant.conditional && objected.size === 0 && !emergencyOnly) return grant.unconditional;
  const { waitsFor, sets } = kept(grant);
  // One bit for each permission that something here waits for: people alike in these have one key.
  let inForce = 0;
  for (const permission of facts.permissions) {
    const bit = waitsFor.indexOf(permission.type);
    if (bit >= 0 && covers(permission, view.day) && counts(bundle, view, grant.holder, permission)) inForce |= 1 << bit;
  }
  const plain = inForce * 2 + Number(emergencyOnly);
  const key = objected.size === 0 ? plain : `${plain} ${[...objected].sort().join()}`;
  let fields = sets.get(key);
  if (!fields) {
    const open = (type: string) => (inForce & (1 << waitsFor.indexOf(type))) !== 0;
    const shown = [...grant.fields].filter(
      ([, { requires, dataClass, emergency }]) =>
        (requires.length === 0 || requires.some(open)) && !objected.has(dataClass) && (!emergencyOnly || emergency),
    );
    fields = new Set(shown.map(([coordinate]) => coordinate));
    sets.set(key, fields);
  }
  return fields;
}

/** Whether one thing that a holder's agreement gives is open for one person: permissions and objections, as above. */
export function isInForce(
  bundle: Bundle,
  view: View,
  holder: string,
  { requires, dataClass }: FieldGrant,
  { permissions, objections }: Pick<SubjectFacts, 'permissions' | 'objections'>,
): boolean {
  if (requires.length > 0) {
    const inForce = typesInForce(bundle, view, { holder }, permissions);
    if (!requires.some((type) => inForce.has(type))) return false;
  }
  return objections.length === 0 || !closedClasses(bundle, view, { holder }, objections).has(dataClass);
}

/** The gate that stands between a grant and the person; it follows from the grant alone. */
export function whyClosed(grant: FieldGrant): Reason {
  return grant.requires.length > 0
    ? refuse('permission', 'NO_PERMISSION', grant.requires.join(' or '))
    : refuse('permission', 'NOT_SHARED');
}

/** Permission types in force for the person at this holder, for this kind of recipient. */
export function typesInForce(
  bundle: Bundle,
  view: Pick<View, 'day' | 'partnerType'>,
  { holder }: Pick<HolderGrant, 'holder'>,
  permissions: readonly Permission[],
): ReadonlySet<string> {
  return new Set(
    permissions.filter((each) => covers(each, view.day) && counts(bundle, view, holder, each)).map(({ type }) => type),
  );
}

/** A permission that does not name what its type must name counts for nobody. */
function counts(
  bundle: Bundle,
  { partnerType }: Pick<View, 'partnerType'>,
  holder: string,
  { type, holder: about, recipientType }: Permission,
): boolean {
  const names = bundle.permissions.get(type)?.names ?? ['holder', 'recipient'];
  if (about === null ? names.includes('holder') : about !== holder) return false;
  return recipientType === null ? !names.includes('recipient') : recipientType === partnerType;
}

/** Classes that an upheld objection closes. One that protects somebody stays open. */
export function closedClasses(
  bundle: Bundle,
  view: Pick<View, 'day' | 'partnerType'>,
  { holder }: Pick<HolderGrant, 'holder'>,
  objections: readonly Objection[],
): ReadonlySet<string> {
  return new Set(
    objections
      .filter(
        (each) =>
          covers(each, view.day) &&
          (each.holder === null || each.holder === holder) &&
          (each.recipientType === null || each.recipientType === view.partnerType) &&
          bundle.classes.get(each.dataClass)?.protective === false,
      )
      .map(({ dataClass }) => dataClass),
  );
}

const NOTHING: ReadonlySet<string> = new Set();

/** What is worked out once about a grant: the permissions it waits for, and the sets of fields that came of them. */
interface Kept {
  readonly waitsFor: readonly string[];
  readonly sets: Map<number | string, ReadonlySet<string>>;
}

const all = new WeakMap<HolderGrant, Kept>();

function kept(grant: HolderGrant): Kept {
  let known = all.get(grant);
  if (!known) {
    const waitsFor = [...new Set([...grant.fields.values()].flatMap(({ requires }) => requires))];
    // 31 bits fit a number. No agreement comes near.
    if (waitsFor.length > 31) throw new Error('a grant waits for more than 31 kinds of permission');
    known = { waitsFor, sets: new Map() };
    all.set(grant, known);
  }
  return known;
}
