import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Bundle } from '../policy/bundle.ts';
import { type Guest, guestOf, safeNext, seeOther, toSignIn } from './guests.ts';
import { AskError, type LogUse } from './page.ts';
import type { Parts } from './server.ts';
import { isSameOrigin, isToken } from './sessions.ts';

export const BEGIN_VISIT_DOCUMENT = /* GraphQL */ `
  mutation BeginVisit($use: String!, $reference: ID!) {
    beginVisit(input: { use: $use, reference: $reference }) {
      ok
    }
  }
`;

/** `/visit`: what a visit is for, before anything is looked at, and again whenever that changes. */
export function visitRoutes(app: FastifyInstance, { options, cookies, screen, refuseForm, visitOf }: Parts): void {
  const { store, policy, origin } = options;

  app.get('/visit', async (request, reply) => {
    const guest = await guestOf(request, cookies, store, policy());
    if (!guest?.session.isOpen) return toSignIn(reply, nextOf(request));
    return screen.show(reply, viewOf(policy(), guest, request, null));
  });

  app.post('/visit', async (request, reply) => {
    const guest = await guestOf(request, cookies, store, policy());
    if (!guest?.session.isOpen) return toSignIn(reply, nextOf(request));
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    if (!isSameOrigin(request, origin()) || !isToken(form.get('_csrf'), guest.viewer.csrf)) {
      return refuseForm(reply, guest.viewer);
    }
    const use: LogUse | undefined = policy().logUses.get(form.get('use') ?? '');
    if (!use) return screen.show(reply, viewOf(policy(), guest, request, 'Select what this visit is for'));
    const reference = randomBytes(16).toString('hex');
    const visit = visitOf(request, reply, { ...guest, visit: { use, reference } });
    const { beginVisit } = await visit.ask<{ beginVisit: { ok: boolean } | null }>(BEGIN_VISIT_DOCUMENT, {
      use: use.code,
      reference,
    });
    if (!beginVisit?.ok) throw new AskError('ROLE_REQUIRED', 'Your role may not read the audit log.');
    await store.visit(guest.id, use.code, reference);
    return seeOther(reply, nextOf(request));
  });
}

function viewOf({ logUses }: Bundle, { visit, viewer }: Guest, request: FastifyRequest, problem: string | null) {
  return {
    status: problem === null ? 200 : 400,
    template: 'shell/visit.njk',
    viewer,
    data: {
      title: 'What is this visit for?',
      action: `/console/visit?next=${encodeURIComponent(nextOf(request))}`,
      chosen: visit?.use.code ?? null,
      uses: [...logUses.values()].map(({ code, label, explanation, law }) => ({
        value: code,
        text: label,
        hint: { text: `${explanation} ${law}.` },
      })),
      problems: problem === null ? [] : [{ text: problem, href: '#use' }],
    },
  };
}

function nextOf(request: FastifyRequest): string {
  return safeNext((request.query as { next?: unknown }).next);
}
