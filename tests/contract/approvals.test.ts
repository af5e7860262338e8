import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../stack/stack.ts';
import { type ChangedPolicies, changedPolicies } from './changed-policies.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';

let stack: Stack;
let policies: ChangedPolicies;

beforeAll(async () => {
  stack = await startStack();
  policies = changedPolicies();
});

afterAll(async () => {
  await stack?.close();
  if (policies) rmSync(policies.home, { recursive: true, force: true });
});

const start = () => startGatewayProcess(stack.config, { POLICIES_DIR: policies.folder });

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await condition()); await sleep(100)) {
    if (Date.now() > deadline) throw new Error('it did not come about');
  }
}

test('production starts only with a policy that is approved: which it is not, and what row is missing', {
  timeout: 60_000,
}, async () => {
  policies.perDay(281);
  const hash = await policies.hash();
  const message = await start().then(
    async (gateway) => {
      await gateway.stop();
      return 'it started';
    },
    (error: Error) => error.message,
  );
  expect(message).toContain('The configuration is wrong');
  expect(message).toMatch(/POLICIES_DIR: APPROVALS\.md:\d+:1 /);
  expect(message).toContain(`| ${hash} | <approver's role> | <YYYY-MM-DD> | <reference> |`);
  const [entry] = await stack.sql(`select 1 from audit.entry where kind = 'policy-change'`);
  expect(entry).toBeUndefined();
});

test('and takes only one that is approved, on SIGHUP and by itself', { timeout: 90_000 }, async () => {
  policies.perDay(282);
  const first = await policies.hash();
  policies.approve(first);
  const gateway: GatewayProcess = await start();
  const inForce = async () =>
    /policy_info\{hash="(\w+)"\}/.exec(await (await fetch(`${gateway.adminUrl}/metrics`)).text())?.[1];
  const ready = async () => (await fetch(`${gateway.url}/health/ready`)).json();
  try {
    expect([await inForce(), await ready()]).toEqual([first, { ready: true, reasons: [] }]);

    policies.perDay(283);
    const second = await policies.hash();
    gateway.signal('SIGHUP');
    await until(() => gateway.output().includes(`${second} is not approved`));
    expect(await ready()).toEqual({ ready: true, reasons: ['POLICY_NOT_RELOADED'] });
    expect(await inForce()).toBe(first);
    expect(gateway.alive()).toBe(true);
    const refused = await stack.sql<{ body: Buffer }>(`select body from audit.entry where kind = 'policy-change'`);
    expect(refused.map(({ body }) => JSON.parse(body.toString()))).toContainEqual(
      expect.objectContaining({ from: first, to: second, outcome: 'refused' }),
    );

    policies.approve(second);
    await until(async () => (await inForce()) === second);
    expect(await ready()).toEqual({ ready: true, reasons: [] });
  } finally {
    await gateway.stop();
  }
});
