import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROMISES } from './promises.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Test file to the promises that titles in it begin with. */
const named = new Map(
  globSync('tests/**/*.test.ts', { cwd: ROOT }).map((file) => [
    file,
    new Set(
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/['"`]((?:(?:SHARE|AUDIT)-\d+\b[:,]? ?)+)/g)].flatMap(
        ([, ids = '']) => ids.match(/[A-Z]+-\d+/g) ?? [],
      ),
    ),
  ]),
);

test('no promise and no word of one changes in passing', () => {
  expect(PROMISES.map(({ id, sentence }) => `${id} ${sentence}`)).toMatchInlineSnapshot(`
    [
      "SHARE-01 No field without a data class, no class without a rule: such a schema or policy does not build. Default is deny.",
      "SHARE-02 What a caller may not see is never asked of its holder. Decide first, fetch second, field by field, person by person.",
      "SHARE-03 Aliases, fragments, lists, variables, introspection, batching and errors widen nothing.",
      "SHARE-04 Unknown, unrelated, restricted and sealed give one answer (status, body, error, length class, timing), and it says that it is not a nil return and whom to ring.",
      "SHARE-05 Not asked, not held, unavailable and stale are different answers. Withheld is told only where the view may know that the section exists. Nothing but a nil return ever looks like one.",
      "SHARE-06 A restriction (limited access, LAO) binds everyone, IG officers, reviewers and operators included, in lists, counts, searches, exports, notices and log views. It opens only by name and never lapses because a feed is silent.",
      "SHARE-07 An expired agreement, a withdrawn permission, an ended relationship take effect on the next request, and on every notice, pack and export not yet sent.",
      "SHARE-08 Each holder is addressed by its own identifier only; the opaque person id differs per partner; no partner learns another's number unless an agreement names it.",
      "SHARE-09 A holder that answers about someone else, or with more than was asked, changes nothing: the section is refused and reported.",
      "SHARE-10 No purpose opens a person's record without a relationship that someone other than the caller asserted.",
      "SHARE-11 What a request tells a responder passes the same two keys as what an answer tells a requester.",
      "AUDIT-01 No record, no data: the entry is durably committed before the first byte of the answer leaves. There is no switch to turn it off.",
      "AUDIT-02 Refusals, denials, invalid tokens and console searches are entries too.",
      "AUDIT-03 The entry lists exactly the fields released and withheld, by coordinate and never by value, computed from the answer itself; a reader of the log sees only the reasons that their side may know.",
      "AUDIT-04 Any edit, deletion, reordering, truncation or insertion is found offline by one command from an export, a public key and any checkpoint kept elsewhere.",
    ]
  `);
});

test.each(PROMISES)('$id is named by a test of $proven', ({ id, proven }) => {
  expect([...(named.get(proven) ?? [])]).toContain(id);
});

test('no test names a promise that there is not', () => {
  const ids = PROMISES.map(({ id }) => id);
  const unknown = [...named].flatMap(([file, names]) =>
    [...names].filter((name) => !ids.includes(name)).map((name) => `${file} ${name}`),
  );
  expect(unknown).toEqual([]);
});
