import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOLDERS } from '../population/holders.ts';
import { StartError } from './start-error.ts';

/** Where the demonstration keeps its data and which ports it takes: what the environment says. */
export interface Place {
  /** Absolute. */
  readonly dataDir: string;
  readonly ports: Ports;
}

export interface Ports {
  readonly gateway: number;
  readonly admin: number;
  readonly provider: number;
  /** The first partner's; the others have the ones after it. */
  readonly partners: number;
}

/** One port and the variable that moves it. */
export interface PortUse {
  readonly port: number;
  readonly variable: string;
  readonly user: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws StartError listing every variable that is wrong */
export function readPlace(env: Environment): Place {
  const problems: string[] = [];
  const port = (variable: string, fallback: number, room = 1): number => {
    const text = env[variable]?.trim() || String(fallback);
    const highest = 65_536 - room;
    if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > highest) {
      problems.push(`${variable} must be a port, from 1 to ${highest}`);
    }
    return Number(text);
  };
  const ports: Ports = {
    gateway: port('PORT', 4000),
    admin: port('ADMIN_PORT', 9464),
    provider: port('IDP_PORT', 4200),
    partners: port('PARTNERS_PORT', 4101, HOLDERS.length),
  };
  if (problems.length === 0) {
    problems.push(...overlaps(portUses(ports)));
  }
  if (problems.length > 0) {
    throw new StartError(problems.join('\n'));
  }
  const dataDir = env['DATA_DIR']?.trim();
  return { ports, dataDir: dataDir ? resolve(dataDir) : DEFAULT_DATA_DIR };
}

/** Every port that the demonstration listens on. */
export function portUses(ports: Ports): PortUse[] {
  return [
    { port: ports.gateway, variable: 'PORT', user: 'the gateway' },
    { port: ports.admin, variable: 'ADMIN_PORT', user: "the gateway's metrics" },
    { port: ports.provider, variable: 'IDP_PORT', user: 'the OpenID provider' },
    ...HOLDERS.map(({ code }, n) => ({ port: ports.partners + n, variable: 'PARTNERS_PORT', user: `partner ${code}` })),
  ];
}

const DEFAULT_DATA_DIR = fileURLToPath(new URL('../../../.data', import.meta.url));

function overlaps(uses: readonly PortUse[]): string[] {
  return uses.flatMap((use, i) => {
    const other = uses.slice(0, i).find(({ port }) => port === use.port);
    return other === undefined ? [] : [`${use.variable} and ${other.variable} both need port ${use.port}: move one`];
  });
}
