import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { type Config, ConfigError } from './config.ts';
import { createConsole } from './console/server.ts';
import { SignInError } from './console/sign-in.ts';
import { type AccessDependencies, handleAccess } from './gateway/access.ts';
import type { Bundle } from './policy/bundle.ts';
import type { RecordModel } from './record/model.ts';
import type { Database } from './store/client.ts';
import { createConsoleStore } from './store/console-sessions.ts';

interface Connection {
  readonly config: Config;
  readonly access: AccessDependencies;
  readonly policy: () => Bundle;
  readonly record: RecordModel;
  readonly db: Database;
  /** Where browsers find the gateway. */
  readonly origin: () => string;
  readonly development: boolean;
}

/**
 * Only in development may browsers find the console at whatever address the gateway listens on.
 * @throws ConfigError
 */
export function requireConsoleUrl({ console }: Config, development: boolean): void {
  if (console === null || console.url !== null || development) return;
  throw new ConfigError(['CONSOLE_URL is missing: set it to where browsers find the gateway, an https:// URL']);
}

/**
 * The information governance console, which comes to people and the log by the gateway's own door and no other way.
 * @returns null where the configuration has none
 */
export function connectConsole(connection: Connection): FastifyPluginAsync | null {
  const { config, access, policy, record, db, origin, development } = connection;
  if (config.console === null) return null;
  const { verifier, clock, logger } = access;
  return createConsole({
    provider: { ...config.oidc, ...config.console },
    keys: config.auditHmacKeys,
    origin,
    isDevelopment: development,
    atOwnAddress: config.console.url === null,
    store: createConsoleStore(db, config.auditHmacKeys),
    async verify(token) {
      const verified = await verifier.verify(`Bearer ${token}`);
      // Without the keys of the provider nobody knows whose it is.
      if (!verified.ok && verified.retryable) throw new SignInError('PROVIDER_UNAVAILABLE', verified.error);
      if (!verified.ok) return null;
      const { partner, practitioner, role } = verified.principal;
      return { partner, practitioner, role, ends: endOf(token) };
    },
    door: ({ token, purpose, traceparent, network, body }) =>
      handleAccess(access, {
        requestId: randomUUID(),
        headers: { 'content-type': 'application/json', 'purpose-of-use': purpose, traceparent },
        authorization: [`Bearer ${token}`],
        network,
        body,
        bodyProblem: null,
      }),
    policy,
    record,
    clock,
    fault: (error, requestId) => logger.error({ requestId, err: error }, 'fault in the console'),
  });
}

/** When an access token that was verified expires. */
function endOf(token: string): Date {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
  return new Date(claims.exp * 1000);
}
