export interface Reason {
  readonly gate: string;
  readonly outcome: string;
  readonly text: string;
}

/** An entry as the gateway answers it to this officer. What is not theirs to know is null or empty. */
export interface Entry {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly processing: string | null;
  readonly side: string;
  readonly own: boolean;
  readonly node: string | null;
  readonly requestId: string | null;
  readonly trace: string | null;
  readonly network: string | null;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly role: string | null;
  readonly client: string | null;
  readonly purpose: string | null;
  readonly outcome: string | null;
  readonly subject: string | null;
  readonly subjects: number | null;
  readonly shown: number | null;
  readonly reasons: readonly Reason[];
  readonly relationship: { readonly type: string; readonly evidence: string; readonly assertedBy: string } | null;
  readonly explanation: { readonly explained: boolean; readonly text: string } | null;
  readonly agreements: readonly string[];
  readonly basis: readonly string[];
  readonly classes: readonly string[];
  readonly released: readonly string[];
  readonly withheld: readonly {
    readonly field: string;
    readonly holder: string | null;
    readonly told: string | null;
    readonly reason: Reason | null;
  }[];
  readonly recipient: string | null;
  readonly breakGlass: string | null;
  readonly deed: { readonly field: string; readonly ok: boolean; readonly code: string | null } | null;
  readonly reason: string | null;
  readonly until: string | null;
  readonly field: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly found: number | null;
}

export interface Rule {
  readonly field: string;
  readonly holder: string | null;
  readonly shown: boolean;
  readonly now: 'ALWAYS' | 'DEPENDS' | 'NEVER';
  readonly agreements: readonly string[];
  readonly text: string;
}

export interface Inclusion {
  readonly state: 'PROVED' | 'NOT_YET_SIGNED' | 'NOT_PROVED';
  readonly index: number | null;
  readonly leaf: string | null;
  readonly path: readonly string[] | null;
  readonly proof: string | null;
  readonly bytes: string | null;
  readonly size: number | null;
  readonly root: string | null;
  readonly key: string;
}

export interface Evidence {
  readonly entry: Entry;
  readonly others: readonly {
    readonly id: string;
    readonly kind: string;
    readonly outcome: string | null;
    readonly subject: string | null;
    readonly reasons: readonly Reason[];
  }[];
  readonly approval: {
    readonly policy: string;
    readonly listed: boolean;
    readonly approver: string | null;
    readonly approvedOn: string | null;
    readonly reference: string | null;
    readonly inForce: boolean;
  } | null;
  readonly rules: readonly Rule[];
  readonly inclusion: Inclusion;
}

export interface EntryData {
  readonly logEntry: Evidence | null;
}

export const ENTRY_DOCUMENT = `query Entry($id: ID!) {
  logEntry(id: $id) {
    entry {
      id at kind processing side own node requestId trace network partner practitioner role client purpose outcome subject
      subjects shown reasons { gate outcome text } relationship { type evidence assertedBy } explanation { explained text }
      agreements basis classes released withheld { field holder told reason { gate outcome text } } recipient breakGlass
      deed { field ok code } reason until field from to found
    }
    others { id kind outcome subject reasons { gate outcome text } }
    approval { policy listed approver approvedOn reference inForce }
    rules { field holder shown now agreements text }
    inclusion { state index leaf path proof bytes size root key }
  }
}`;

/** For the two files alone. */
export const ENTRY_PROOF_DOCUMENT = `query EntryProof($id: ID!) {
  logEntry(id: $id) { inclusion { proof bytes } }
}`;

export interface EntryProofData {
  readonly logEntry: { readonly inclusion: Pick<Inclusion, 'proof' | 'bytes'> } | null;
}
