/** What an audit entry may be made of. No floats, no undefined: their bytes would not be stable. */
export type Canonical = string | number | boolean | null | readonly Canonical[] | { readonly [key: string]: Canonical };

/**
 * The one byte sequence of a value: JSON with sorted keys, no white space, integers only (the part of RFC 8785 that
 * audit entries need).
 * @throws TypeError naming the offending value's path, for anything that has no stable form
 */
export function canonicalBytes(value: Canonical): Uint8Array {
  return UTF_8.encode(write(value, []));
}

const UTF_8 = new TextEncoder();

/** Keys and places on the way to a value. It is put into words only where a value is refused. */
type Path = (string | number)[];

/** Every answer waits for its entries, so this is done in one pass, and without looking twice at plain text. */
function write(value: unknown, path: Path): string {
  switch (typeof value) {
    case 'string':
      return writeText(value, path);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw refusal(path, 'only safe integers are canonical');
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return writeList(value, path);
      if (Object.getPrototypeOf(value) !== Object.prototype) throw refusal(path, 'only plain objects are canonical');
      return writeObject(value as Readonly<Record<string, unknown>>, path);
    default:
      throw refusal(path, `${typeof value} is not canonical`);
  }
}

function writeList(items: readonly unknown[], path: Path): string {
  let json = '';
  // By place: a hole is undefined, where `map` would skip it.
  for (let place = 0; place < items.length; place += 1) {
    path.push(place);
    json += `${place === 0 ? '' : ','}${write(items[place], path)}`;
    path.pop();
  }
  return `[${json}]`;
}

function writeObject(object: Readonly<Record<string, unknown>>, path: Path): string {
  let json = '';
  for (const key of Object.keys(object).sort()) {
    json += `${json === '' ? '' : ','}${writeText(key, path)}:`;
    path.push(key);
    json += write(object[key], path);
    path.pop();
  }
  return `{${json}}`;
}

/** Printable ASCII without what JSON escapes. */
const PLAIN = /^[ !#-[\]-~]*$/;

function writeText(text: string, path: Path): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw refusal(path, 'a lone surrogate has no UTF-8 form');
  return JSON.stringify(text);
}

function refusal(path: Path, why: string): TypeError {
  const words = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return new TypeError(`$${words}: ${why}`);
}
