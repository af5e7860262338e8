import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import type { Bundle } from '../policy/bundle.ts';
import { GOVUK, MOJ } from './assets.ts';
import { countWords, dayWords, timeWords, whenWords, wordsOf } from './words.ts';

const OWN = fileURLToPath(new URL('.', import.meta.url));

/** Makes HTML of a template below `src/console`. Whatever it is given is escaped. */
export type Render = (policy: Bundle, template: string, data: Readonly<Record<string, unknown>>) => string;

/** Templates are read and compiled once; words follow the policy that is given. */
export function createRender(): Render {
  let current: { readonly policy: Bundle; readonly environment: nunjucks.Environment } | null = null;
  return (policy, template, data) => {
    if (current?.policy !== policy) current = { policy, environment: environmentOf(policy) };
    return current.environment.render(template, data);
  };
}

function environmentOf(policy: Bundle): nunjucks.Environment {
  const loader = new nunjucks.FileSystemLoader([OWN, join(GOVUK, 'dist'), MOJ]);
  const environment = new nunjucks.Environment(loader, { autoescape: true, trimBlocks: true, lstripBlocks: true });
  for (const [name, filter] of Object.entries(wordsOf(policy))) environment.addFilter(name, filter);
  environment.addFilter('when', whenWords);
  environment.addFilter('day', dayWords);
  environment.addFilter('time', timeWords);
  environment.addFilter('count', countWords);
  return environment;
}

/** The hidden field that every form has. */
export function csrfField(token: string): nunjucks.runtime.SafeString {
  return new nunjucks.runtime.SafeString(`<input type="hidden" name="_csrf" value="${token}">`);
}
