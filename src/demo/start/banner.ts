import { join } from 'node:path';
import type { Demonstration } from './bring-up.ts';
import { FILES } from './data-folder.ts';

/** Where everything is, and a request that works when it is pasted into another terminal. */
export function banner(running: Demonstration): string {
  const { place, population, gateway, provider, partners, logVkey, processes } = running;
  const { people, seed, anchor } = population;
  return [
    'Throughgate is running. All people in it are synthetic.',
    '',
    ...table([
      ['Gateway', `${gateway.url}/graphql (open it in a browser to explore the schema)`],
      ['Console', `${gateway.url}/console (sign in as any information governance officer)`],
      ['Urgent', `${gateway.url}/urgent`],
      ['Health', `${gateway.url}/health/ready`],
      [
        'Metrics',
        `${gateway.adminUrl}/metrics (POST JSON {"now": INSTANT} to ${gateway.adminUrl}/clock moves the clock)`,
      ],
      ['Log', `${gateway.url}/log/checkpoint, signed with ${logVkey}`],
      ['Provider', provider.issuer],
      ...partners.holders.map(({ code, url }, n): [string, string] => [n === 0 ? 'Partners' : '', `${url} ${code}`]),
      ['Population', `--people ${people} --seed ${seed}, around ${anchor}; "npx throughgate demo" lists whom to try`],
      ['Data', `${place.dataDir}, logs in ${join(place.dataDir, FILES.logs)}`],
      ['Processes', processes.map(({ name, pid }) => `${name} ${pid}`).join(', ')],
    ]),
    '',
    'Try it, in this folder:',
    '',
    curl(running),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

const QUERY = `query ($crn: String!) {
  person(identifier: {type: "CRN", value: $crn}) {
    id identity { name } custody { releaseDate } policing { holder domesticAbuse { level } }
    childrens { holder plan } accommodation { holder firstNightType } sections { section holder status }
  }
}`.replaceAll(/\s+/g, ' ');

function curl({ place, gateway, partners }: Demonstration): string {
  const { provider } = place.ports;
  const token = `${provider === 4200 ? '' : `IDP_PORT=${provider} `}npx throughgate token probation-practitioner`;
  return [
    `curl -s ${gateway.url}/graphql`,
    `-H "Authorization: Bearer $(${token})"`,
    "-H 'Purpose-Of-Use: RELEASE_PLANNING'",
    "-H 'Content-Type: application/json'",
    `-d '${JSON.stringify({ query: QUERY, variables: { crn: partners.allowedCrn } })}'`,
  ].join(' ');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  return rows.map(([name, text]) => `  ${name.padEnd(11)}${text}`);
}
