import { CODES, GatewayError } from '../errors.ts';
import { AskError } from './page.ts';
import type { Message } from './screen.ts';
import { SignInError } from './sign-in.ts';

const TODAY = { href: '/console/today', text: 'Today' };

/** What is said of what went wrong: what was wrong and what would be right, and nothing of its insides. */
export function faultMessage(error: unknown): Message {
  if (error instanceof SignInError) return error.code === 'NOT_FINISHED' ? NOT_SIGNED_IN : NO_PROVIDER;
  if (error instanceof AskError || error instanceof GatewayError) return ofCode(error.code, error.message);
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status >= 500) return FAULT;
  return {
    status,
    title: 'The form could not be read',
    paragraphs: [
      status === 413
        ? 'What was sent is too long: at most 256 kB are read, and of what stands in an address 8,000 characters.'
        : 'Send it again from its page.',
    ],
    links: [TODAY],
  };
}

function ofCode(code: string, message: string): Message {
  const status = (CODES as Readonly<Record<string, number>>)[code] ?? 500;
  if (status === 503) return UNAVAILABLE;
  if (status === 500) return FAULT;
  return {
    status,
    title: status === 403 ? 'You may not do this' : 'The gateway did not take this',
    paragraphs: [message],
    links: [TODAY],
  };
}

const UNAVAILABLE: Message = {
  status: 503,
  title: 'The console cannot answer just now',
  paragraphs: [
    'Something that it needs cannot be reached, so nothing is shown: what cannot be recorded is not shown. Try again in a few minutes.',
    'If somebody may be at risk now, ring the duty desk of the agency you need.',
  ],
  links: [{ href: '/urgent', text: 'Whom to ring' }],
};
const FAULT: Message = {
  status: 500,
  title: 'There is a fault in the console',
  paragraphs: ['It is not you. The fault is in the log of the gateway, where its operator finds it. Try again later.'],
  links: [TODAY],
};
const NO_PROVIDER: Message = {
  status: 503,
  title: 'You cannot sign in just now',
  paragraphs: ['The service that signs people in cannot be reached. Try again in a few minutes.'],
  links: [
    { href: '/console/sign-in', text: 'Try again' },
    { href: '/urgent', text: 'Whom to ring if somebody may be at risk now' },
  ],
};
const NOT_SIGNED_IN: Message = {
  status: 400,
  title: 'You could not be signed in',
  paragraphs: [
    'The sign-in was not finished: it took longer than 10 minutes, was begun in another window, or was refused. Begin again.',
  ],
  links: [{ href: '/console/sign-in', text: 'Sign in' }],
};
