import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecord } from '../../src/gateway/read-record.ts';
import { loadBundle } from '../../src/policy/load/load.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const ROLE = 'roles/probation-practitioner.yaml';

/** A policy folder of one test's own, to be changed. The test removes `home`. */
export interface ChangedPolicies {
  /** Holds `folder`, and whatever the test puts beside it. */
  readonly home: string;
  readonly folder: string;
  read(name: string): string;
  write(name: string, text: string): void;
  /** How many people a day the probation practitioner may ask about: a change of the policy that changes no answer. */
  perDay(number: number): void;
  /** The hash of what the folder says. */
  hash(folder?: string): Promise<string>;
  /** Puts the row on the list of approvals that production asks for. */
  approve(hash: string): void;
}

/** Read once, as a gateway does: the hash covers it. */
let record: ReturnType<typeof readRecord> | undefined;

export function changedPolicies(): ChangedPolicies {
  const home = mkdtempSync(join(tmpdir(), 'throughgate-policies-'));
  const folder = join(home, 'policies');
  cpSync(join(PROJECT, 'policies'), folder, { recursive: true });
  const policies: ChangedPolicies = {
    home,
    folder,
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    write: (name, text) => writeFileSync(join(folder, name), text),
    perDay: (number) =>
      policies.write(ROLE, policies.read(ROLE).replace(/peoplePerDay: \d+/, `peoplePerDay: ${number}`)),
    async hash(other = folder) {
      record ??= readRecord(join(PROJECT, 'schema'));
      return (await loadBundle(other, await record)).hash;
    },
    approve: (hash) => {
      const row = `| ${hash} | Test approver | 2026-11-22 | TEST-1 |`;
      policies.write('APPROVALS.md', `${policies.read('APPROVALS.md').trimEnd()}\n${row}\n`);
    },
  };
  return policies;
}
