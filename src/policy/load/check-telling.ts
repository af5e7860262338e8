import { neededBy } from './check-classes.ts';
import type { TellingFile } from './files.ts';
import { type Check, checkAllKnown, checkKnown } from './names.ts';
import type { Path, Yaml } from './yaml.ts';

/** Whatever can stand in a person's report has plain words, and every name is one that the other files know. */
export function checkTelling(check: Check): void {
  const { telling: file } = check.files;
  if (file === null) return;
  const { organisations, purposes, named, waits } = file.content;
  checkWords(check, 'partner type', file, ['organisations'], Object.keys(organisations));
  checkWords(check, 'purpose', file, ['purposes'], Object.keys(purposes));
  checkKinds(check, file);
  checkAllKnown(check, 'partner', file, ['named'], named);
  checkAllKnown(check, 'partner type', file, ['waits', 'recipients'], waits.recipients);
  checkAllKnown(check, 'purpose', file, ['waits', 'purposes'], waits.purposes);
  checkAllKnown(check, 'class', file, ['waits', 'classes'], waits.classes);
}

function checkKinds(check: Check, file: Yaml<TellingFile>): void {
  const placed = new Map<string, string>();
  for (const [index, { words, classes }] of file.content.kinds.entries()) {
    checkAllKnown(check, 'class', file, ['kinds', index, 'classes'], classes);
    for (const [place, name] of classes.entries()) {
      const other = placed.get(name);
      const path = ['kinds', index, 'classes', place];
      if (other !== undefined) check.report(file.problemAt(path, `${name} is told as "${other}" already`));
      placed.set(name, words);
    }
  }
  for (const name of neededBy(check.files.roles)) {
    if (check.names.class?.has(name) && !placed.has(name))
      check.report(file.problemAt(['kinds'], `class ${name} has no plain words`, 'key'));
  }
}

/** The keys of a mapping are exactly the names that there are. */
function checkWords(
  check: Check,
  kind: 'partner type' | 'purpose',
  file: Yaml<TellingFile>,
  path: Path,
  keys: readonly string[],
): void {
  for (const key of keys) checkKnown(check, kind, file, [...path, key], key, 'key');
  for (const name of check.names[kind] ?? []) {
    if (!keys.includes(name)) check.report(file.problemAt(path, `${kind} ${name} has no plain words`, 'key'));
  }
}
