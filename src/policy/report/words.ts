import type { Span } from '../../record/facts.ts';
import type { Bundle, DataClass } from '../bundle.ts';

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Partners by name; a whole scheme of two or more is said as one. */
export function parties({ partners, schemes }: Pick<Bundle, 'partners' | 'schemes'>, codes: Iterable<string>): string {
  const left = new Set(codes);
  if (left.size > 1 && left.size === partners.size) return 'every partner';
  const words: string[] = [];
  for (const [scheme, members] of schemes) {
    if (members.length < 2 || !members.every((member) => left.has(member))) continue;
    words.push(`all ${scheme.replaceAll('-', ' ')}`);
    for (const member of members) left.delete(member);
  }
  return list([...words, ...[...left].sort().map((code) => partners.get(code)?.name ?? code)]);
}

/** `Work coaches`, from the title of a role. */
export function roles({ roles: known }: Bundle, role: string): string {
  const title = known.get(role)?.title ?? role;
  if (/(s|x|ch|sh)$/.test(title)) return `${title}es`;
  return /[^aeiou]y$/.test(title) ? `${title.slice(0, -1)}ies` : `${title}s`;
}

/** The first clause of a description, to stand inside a sentence. */
export function inSentence(description: string): string {
  const clause = description.split(';')[0]?.replace(/\.$/, '').trim() ?? '';
  // An abbreviation stays as it is.
  return /^[A-Z][A-Z]/.test(clause) ? clause : clause.charAt(0).toLowerCase() + clause.slice(1);
}

export function className({ name, description }: Pick<DataClass, 'name' | 'description'>): string {
  return `${inSentence(description)} (${name})`;
}

/** Labels have commas and `and` in them: each has its own `for` before it. */
export function forPurposes({ purposes: known }: Bundle, codes: Iterable<string>): string {
  return [...codes].map((code) => `for ${known.get(code)?.label ?? code}`).join(' and ');
}

export function days({ from, until }: Span): string {
  return until === null ? `from ${from}` : `from ${from} until ${until}`;
}

/** `the permission X` or `the permission X or Y`. */
export function permissionsNeeded(types: readonly string[]): string {
  return `the permission ${types.join(' or ')}`;
}
