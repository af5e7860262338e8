export interface Promised {
  readonly id: string;
  readonly sentence: string;
  /** The file with the chief test of it; other tests name it too. */
  readonly proven: `tests/${string}.test.ts`;
}

/** What Throughgate promises. Tests name the promise that they hold it to by its id, at the start of their title. */
export const PROMISES: readonly Promised[] = [
  {
    id: 'SHARE-01',
    sentence:
      'No field without a data class, no class without a rule: such a schema or policy does not build. Default is deny.',
    proven: 'tests/policy/load/problems.test.ts',
  },
  {
    id: 'SHARE-02',
    sentence:
      'What a caller may not see is never asked of its holder. Decide first, fetch second, field by field, person by person.',
    proven: 'tests/contract/matrix.test.ts',
  },
  {
    id: 'SHARE-03',
    sentence: 'Aliases, fragments, lists, variables, introspection, batching and errors widen nothing.',
    proven: 'tests/contract/leaks.test.ts',
  },
  {
    id: 'SHARE-04',
    sentence:
      'Unknown, unrelated, restricted and sealed give one answer (status, body, error, length class, timing), and it says that it is not a nil return and whom to ring.',
    proven: 'tests/contract/constant-answer.test.ts',
  },
  {
    id: 'SHARE-05',
    sentence:
      'Not asked, not held, unavailable and stale are different answers. Withheld is told only where the view may know that the section exists. Nothing but a nil return ever looks like one.',
    proven: 'tests/contract/statuses.test.ts',
  },
  {
    id: 'SHARE-06',
    sentence:
      'A restriction (limited access, LAO) binds everyone, IG officers, reviewers and operators included, in lists, counts, searches, exports, notices and log views. It opens only by name and never lapses because a feed is silent.',
    proven: 'tests/contract/relationships.changes.test.ts',
  },
  {
    id: 'SHARE-07',
    sentence:
      'An expired agreement, a withdrawn permission, an ended relationship take effect on the next request, and on every notice, pack and export not yet sent.',
    proven: 'tests/contract/relationships.changes.test.ts',
  },
  {
    id: 'SHARE-08',
    sentence:
      "Each holder is addressed by its own identifier only; the opaque person id differs per partner; no partner learns another's number unless an agreement names it.",
    proven: 'tests/contract/matrix.test.ts',
  },
  {
    id: 'SHARE-09',
    sentence:
      'A holder that answers about someone else, or with more than was asked, changes nothing: the section is refused and reported.',
    proven: 'tests/contract/statuses.unavailable.test.ts',
  },
  {
    id: 'SHARE-10',
    sentence: "No purpose opens a person's record without a relationship that someone other than the caller asserted.",
    proven: 'tests/contract/relationships.test.ts',
  },
  {
    id: 'SHARE-11',
    sentence: 'What a request tells a responder passes the same two keys as what an answer tells a requester.',
    proven: 'tests/policy/message.test.ts',
  },
  {
    id: 'AUDIT-01',
    sentence:
      'No record, no data: the entry is durably committed before the first byte of the answer leaves. There is no switch to turn it off.',
    proven: 'tests/audit/log.test.ts',
  },
  {
    id: 'AUDIT-02',
    sentence: 'Refusals, denials, invalid tokens and console searches are entries too.',
    proven: 'tests/contract/relationships.test.ts',
  },
  {
    id: 'AUDIT-03',
    sentence:
      'The entry lists exactly the fields released and withheld, by coordinate and never by value, computed from the answer itself; a reader of the log sees only the reasons that their side may know.',
    proven: 'tests/contract/leaks.property.test.ts',
  },
  {
    id: 'AUDIT-04',
    sentence:
      'Any edit, deletion, reordering, truncation or insertion is found offline by one command from an export, a public key and any checkpoint kept elsewhere.',
    proven: 'tests/contract/audit-tree.test.ts',
  },
];
