import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

export interface Assets {
  /** The name, with its content's hash in it, to what is served. */
  readonly files: ReadonlyMap<string, Asset>;
  readonly stylesheet: string;
  readonly icon: string;
}

const OWN = fileURLToPath(new URL('assets', import.meta.url));
/** Where the design systems lie that the console is made of: their templates are found below these. */
export const GOVUK = dirname(fileURLToPath(import.meta.resolve('govuk-frontend/package.json')));
export const MOJ = dirname(fileURLToPath(import.meta.resolve('@ministryofjustice/frontend/package.json')));

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Everything that pages fetch, read once. All styles are one file, without the typeface that is licensed to GOV.UK and
 * without the images of the crown: the console is no part of GOV.UK.
 */
export function readAssets(): Assets {
  const files = new Map<string, Asset>();
  const add = (name: string, body: Buffer): string => {
    const [ending, hash] = [extname(name), createHash('sha256').update(body).digest('hex').slice(0, 16)];
    const hashed = `${basename(name, ending)}.${hash}${ending}`;
    files.set(hashed, { type: TYPES[ending] ?? 'application/octet-stream', body });
    return hashed;
  };
  const styles = [
    join(GOVUK, 'dist/govuk/govuk-frontend.min.css'),
    join(MOJ, 'moj/moj-frontend.min.css'),
    join(OWN, 'console.css'),
  ]
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
    .replaceAll(/(?:\/\*! Copyright[^*]*\*\/\s*)?@font-face\s*\{[^}]*\}/g, '')
    .replaceAll(/(['"]?)GDS Transport\1\s*,/g, '')
    .replaceAll(/\/\*# sourceMappingURL=[^*]*\*\//g, '')
    .replaceAll(/url\(\/assets\/images\/([a-z0-9-]+\.svg)\)/g, (_, name: string) =>
      name.startsWith('icon-') ? `url(${add(name, readFileSync(join(MOJ, 'moj/assets/images', name)))})` : 'none',
    );
  return {
    files,
    stylesheet: add('console.css', Buffer.from(styles)),
    icon: add('icon.svg', readFileSync(join(OWN, 'icon.svg'))),
  };
}
