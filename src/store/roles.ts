import pg from 'pg';

/** Connection URLs of the two logins, for `DATABASE_URL` and `AUDIT_READER_URL`. */
export interface Logins {
  readonly gatewayUrl: string;
  readonly readerUrl: string;
}

/**
 * Makes, or gives a new password, the logins of the gateway and of the audit log's reader.
 *
 * The migrations made the roles with the rights, `throughgate_gateway` and `throughgate_audit_reader`; the logins are
 * members of them and have no right of their own. The database must be migrated.
 */
export async function prepareLogins(
  ownerUrl: string,
  passwords: { gatewayPassword: string; readerPassword: string },
): Promise<Logins> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    return {
      gatewayUrl: await prepareLogin(client, ownerUrl, 'throughgate_gateway', passwords.gatewayPassword),
      readerUrl: await prepareLogin(client, ownerUrl, 'throughgate_audit_reader', passwords.readerPassword),
    };
  } finally {
    await client.end();
  }
}

async function prepareLogin(client: pg.Client, ownerUrl: string, role: string, password: string): Promise<string> {
  const login = `${role}_login`;
  const found = await client.query('select from pg_roles where rolname = $1', [login]);
  const verb = found.rowCount === 0 ? 'create' : 'alter';
  // No parameters in these statements. Sent inside our own connection, which is local or encrypted.
  await client.query(`${verb} role ${login} login password ${client.escapeLiteral(password)}`);
  await client.query(`grant ${role} to ${login}`);
  const url = new URL(ownerUrl);
  url.username = login;
  url.password = password;
  return url.href;
}
