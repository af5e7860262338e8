import type { Stack } from '../stack/stack.ts';
import { type Page, readPage } from './page.ts';

export interface OfficerOptions {
  readonly persona?: 'ig-officer' | 'ig-lead';
  readonly partner?: string;
  /** The first of the partner by default: IGO-0001, IGL-0001. */
  readonly practitioner?: string;
  /** What the visit is for; null leaves it unsaid. */
  readonly use?: string | null;
}

/** Somebody who signed in to the console as a browser would, and their cookies. */
export interface Officer {
  /** Follows redirects, and signs in again where it has to. @param path below `/console`, such as `/person` */
  get(path: string): Promise<Page>;
  /** Sends a form with the CSRF token of the session. Follows redirects. */
  post(path: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Page>;
  /** One request, no redirect followed. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** By name. */
  readonly cookies: Map<string, string>;
  /** The token that every form of the session has. */
  csrf(): string;
}

const MOST_REDIRECTS = 12;

/** Signs in by HTTP through the provider's own pages: the real authorization code flow. */
export async function signIn(stack: Pick<Stack, 'url'>, options: OfficerOptions = {}): Promise<Officer> {
  const { persona = 'ig-officer', use = 'LAWFULNESS' } = options;
  const isLead = persona === 'ig-lead';
  const partner = options.partner ?? (isLead ? 'throughgate-board' : 'probation-service');
  const practitioner = options.practitioner ?? (isLead ? 'IGL-0001' : 'IGO-0001');
  const jars = new Map<string, Map<string, string>>();
  const browser = browse(jars);
  let csrf = '';
  const note = (page: Page) => {
    csrf = page.csrf ?? csrf;
    return page;
  };

  const account = () => new URLSearchParams({ account: `${persona}:${partner}:${practitioner}` });
  // Wherever the way leads over the provider, its page is answered.
  const go = async (path: string, init?: RequestInit) => {
    const page = await browser(`${stack.url}/console${path}`, init);
    const isElsewhere = new URL(page.url).origin !== stack.url;
    return note(isElsewhere ? await browser(page.url, { method: 'POST', body: account() }) : page);
  };

  const page = await go('/sign-in');
  if (!page.url.startsWith(`${stack.url}/console/visit`)) throw new Error(`signed in to ${page.url}: ${page.text}`);
  const cookies = jars.get(new URL(stack.url).origin) ?? new Map<string, string>();
  const officer: Officer = {
    cookies,
    csrf: () => csrf,
    get: (path) => go(path),
    post: (path, fields) => go(path, formOf(csrf, fields)),
    send: (path, init = {}) =>
      fetch(`${stack.url}/console${path}`, {
        ...init,
        redirect: 'manual',
        headers: { cookie: written(cookies), ...init.headers },
      }),
  };
  if (use !== null) {
    const { status } = await officer.send('/visit', formOf(csrf, { use }));
    if (status !== 303) throw new Error(`the visit for ${use} was answered ${status}`);
  }
  return officer;
}

/** A request that keeps cookies by origin and follows redirects. */
export function browse(jars: Map<string, Map<string, string>>) {
  return async (start: string, first: RequestInit = {}): Promise<Page> => {
    let [url, init] = [start, first];
    for (let hop = 0; hop < MOST_REDIRECTS; hop += 1) {
      const { origin } = new URL(url);
      const jar = jars.get(origin) ?? new Map<string, string>();
      jars.set(origin, jar);
      const response = await fetch(url, {
        ...init,
        redirect: 'manual',
        headers: { cookie: written(jar), ...init.headers },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '' || /expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(name);
        else jar.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) return readPage(url, response);
      await response.body?.cancel();
      url = new URL(location, url).href;
      init = {};
    }
    throw new Error(`redirected too often from ${start}`);
  };
}

function formOf(csrf: string, fields: Readonly<Record<string, string | readonly string[]>>): RequestInit {
  const body = new URLSearchParams({ _csrf: csrf });
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) body.append(name, value);
  return { method: 'POST', body };
}

function written(jar: ReadonlyMap<string, string>): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}
