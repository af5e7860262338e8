import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { AskOptions, GraphQLAnswer, Stack } from '../stack/stack.ts';

const POLICIES = join(import.meta.dirname, '../../policies');

/** A copy of the policies in which only this is marked for emergencies: agreement to role to classes. */
export function policiesWithEmergency(marked: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>) {
  const folder = mkdtempSync(join(tmpdir(), 'throughgate-glass-'));
  cpSync(POLICIES, folder, { recursive: true });
  for (const file of globSync(join(folder, 'agreements', '*.yaml'))) {
    const document = parseDocument(readFileSync(file, 'utf8'));
    document.delete('emergency');
    const emergency = marked[String(document.get('reference'))];
    if (emergency) document.set('emergency', emergency);
    writeFileSync(file, document.toString());
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export const BREAK_GLASS = `mutation ($input: BreakGlassInput!) {
  breakGlass(input: $input) { ok code allowedNow until banner person }
}`;

let keys = 0;

/** What is sent with an attempt, with what a test says otherwise. */
export function attempt(type: string, value: string, more: Readonly<Record<string, unknown>> = {}) {
  keys += 1;
  const input = {
    identifier: { type, value },
    reason: 'RISK_TO_LIFE',
    text: 'The person rang the desk in distress.',
    idempotencyKey: `attempt-${keys}-of-the-tests`,
    ...more,
  };
  return { input };
}

export function breakGlass(
  stack: Stack,
  caller: AskOptions,
  variables: Readonly<Record<string, unknown>>,
): Promise<GraphQLAnswer> {
  return stack.ask(BREAK_GLASS, { ...caller, variables });
}

/** Open work items of a partner about one request. */
export function workAbout(stack: Stack, answer: GraphQLAnswer): Promise<{ kind: string; partner: string }[]> {
  return stack.sql('select kind, partner from record.work_item where reference = $1 and open order by kind, partner', [
    answer.headers.get('x-request-id'),
  ]);
}
