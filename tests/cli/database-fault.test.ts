import { describe, expect, test } from 'vitest';
import { databaseFault } from '../../src/cli/database-fault.ts';
import { throughgate } from './program.ts';

describe('a database that cannot be used', () => {
  test.each([
    ['audit fsck', { AUDIT_READER_URL: 'postgresql://login:secret@127.0.0.1:1/log' }],
    ['audit hold --list', { DATABASE_OWNER_URL: 'postgresql://login:secret@127.0.0.1:1/log' }],
  ])('is told by %s in one line, without the stack and without what its URL says', async (words, variables) => {
    const { exitCode, stderr } = await throughgate(words.split(' '), variables);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 70,
      stderr:
        'The database cannot be used: nothing answers at its URL: ' +
        'see that the host and port are right, and that it runs (ECONNREFUSED)\n',
    });
  });

  test('is told apart by what PostgreSQL says of it; a fault of ours stays one', () => {
    const told = (code: string) => databaseFault(Object.assign(new Error('login "secret"'), { code }));
    expect(told('28P01')).toContain('does not take this login');
    expect(told('42501')).toContain('this login may not do that');
    expect(told('42P01')).toContain('its migrations have not run');
    expect([told('XX000'), databaseFault(new TypeError('x')), databaseFault(null)]).toEqual([null, null, null]);
  });
});
