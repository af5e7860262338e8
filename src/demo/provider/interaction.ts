import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { PERSONAS, partnersOf, practitionersOf } from '../personas.ts';
import { findAccount } from './accounts.ts';

const ROLES = ['ig-officer', 'ig-lead'];
const LARGEST_FORM_BYTES = 4096;

/** The page on which whoever signs in to the console chooses whom to be: `GET` and `POST /interaction/<uid>`. */
export function chooseOfficer(provider: Provider): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(provider, request, response).catch(() => {
      // Mostly an interaction that is over, and whose page was kept open.
      send(response, 400, page('Sign in again', '<p>This page is over. Go back to the console and sign in again.</p>'));
    });
  };
}

/** What the provider shows before it ends its own session too. */
export function askToSignOut(ctx: KoaContextWithOIDC, form: string): void {
  ctx.type = 'html';
  ctx.body = page(
    'Sign out',
    `<p>You have signed out of the console. Sign out of this development provider too, so that the next person chooses whom to be?</p>
${form}
<p><button type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>
<button type="submit" form="op.logoutForm">Stay signed in</button></p>`,
  );
}

async function answer(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') return send(response, 200, page('Sign in', form(uid, null)));
  const [role = '', partner = '', practitioner = ''] = ((await readForm(request)).get('account') ?? '').split(':');
  const account = findAccount(role, partner, practitioner);
  if (!ROLES.includes(role) || !account.found) {
    return send(response, 400, page('Sign in', form(uid, 'Choose an officer from the list')));
  }
  await provider.interactionFinished(request, response, { login: { accountId: account.id }, consent: {} });
}

function form(uid: string, problem: string | null): string {
  const groups = ROLES.flatMap((role) => {
    const persona = PERSONAS.find((persona) => persona.role === role);
    return (persona ? partnersOf(persona) : []).map(({ code, name }) => {
      const options = practitionersOf(role, code).map(
        (one) => `<option value="${role}:${code}:${one.id}">${one.id} ${escapeHtml(one.name)}</option>`,
      );
      const title = role === 'ig-lead' ? `${name}: lead, who sees all` : name;
      return `<optgroup label="${escapeHtml(title)}">${options.join('')}</optgroup>`;
    });
  });
  return `<p>This is the development provider of Throughgate. Everybody in the list is synthetic, and so is all data behind
it. It asks for no password.</p>
<form method="post" action="/interaction/${escapeHtml(uid)}">
<p><label for="account">Information governance officer</label></p>
${problem === null ? '' : `<p id="problem"><strong>Error:</strong> ${problem}</p>`}
<p><select id="account" name="account"${problem === null ? '' : ' aria-describedby="problem" aria-invalid="true"'}>
${groups.join('\n')}
</select></p>
<p><button type="submit">Sign in</button></p>
</form>`;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LARGEST_FORM_BYTES) throw new RangeError('the form is too large');
  }
  return new URLSearchParams(text);
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(html);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - development provider</title>
<style>
body { font: 1.1875rem/1.5 arial, sans-serif; color: #0b0c0c; max-width: 40rem; margin: 0 auto; padding: 1rem; }
label { font-weight: bold; }
select, button { font: inherit; padding: .4rem; max-width: 100%; }
button { background: #0f7a52; color: #fff; border: 0; padding: .5rem 1rem; }
:focus { outline: 3px solid #0b0c0c; outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
