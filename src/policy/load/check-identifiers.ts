import { checkIdentifier } from '../identifier.ts';
import { type Check, checkKnown } from './names.ts';

/** Each source's key field has one type of identifier, and each type's example is well formed by its own rule. */
export function checkIdentifiers(check: Check): void {
  const { identifiers } = check.files;
  if (identifiers === null) return;
  const typeOf = new Map<string, string>();
  for (const [type, { key, pattern, check: algorithm, example }] of Object.entries(identifiers.content)) {
    const tell = (member: string, message: string) => check.report(identifiers.problemAt([type, member], message));
    checkKnown(check, 'key field', identifiers, [type, 'key'], key);
    const other = typeOf.get(key);
    if (other !== undefined) tell('key', `${key} is the key of ${other} already`);
    typeOf.set(key, type);
    const compiled = compilePattern(pattern);
    if (compiled === null) tell('pattern', 'this is not a regular expression');
    else if (!checkIdentifier({ pattern: compiled, check: algorithm }, example)) {
      tell('example', `${example} is not well formed by its own pattern and check`);
    }
  }
  for (const { name, keyField } of check.record.sources) {
    if (typeOf.has(keyField)) continue;
    check.report(identifiers.problemAt([], `source ${name} knows people by ${keyField}, and no type has that key`));
  }
}

/** Anchored as a whole, so that `^a|b$` cannot let through what merely begins with `a`. */
export function compilePattern(pattern: string): RegExp | null {
  try {
    return new RegExp(`^(?:${pattern.slice(1, -1)})$`);
  } catch {
    return null;
  }
}
