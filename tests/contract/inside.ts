import { inject } from 'vitest';
import type { Stack } from '../stack/stack.ts';
import { CANARY } from './bad-inputs.ts';

/** What of our inside, or of what callers sent, stands in a text that leaves. */
export function leaks(text: string, stack: Stack): string[] {
  const { holders, issuer, seededUrl } = inject('surroundings');
  const urls = [
    seededUrl,
    issuer,
    stack.url,
    stack.adminUrl,
    ...holders.map(({ url }) => url),
    ...stack.recorder.urls.values(),
  ];
  const inside = urls.flatMap((url) => [url, `:${new URL(url).port}`]);
  const words = [
    CANARY,
    'QZX_CANARY',
    '127.0.0.1',
    'localhost',
    'node_modules',
    '.ts:',
    'postgres',
    'ECONN',
    'prisma',
    'drop table',
    'select ',
    'Error:',
    '"stacktrace"',
    'Did you mean',
  ];
  return [...inside, ...words, '    at '].filter((word) => text.toLowerCase().includes(word.toLowerCase()));
}
