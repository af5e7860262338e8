import { randomUUID } from 'node:crypto';
import type { Moment } from '../../src/checks/act.ts';
import { askCheck } from '../../src/checks/ask.ts';
import { type Question, questionIdentity, writeQuestion } from '../../src/checks/question.ts';
import type { Clock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { readRecord } from '../../src/gateway/read-record.ts';
import type { Bundle } from '../../src/policy/bundle.ts';
import { loadBundle } from '../../src/policy/load/load.ts';
import type { Check, Checks, CheckType } from '../../src/record/checks.ts';
import { createChecks } from '../../src/store/checks.ts';
import { openStore } from '../../src/store/client.ts';

export const QUESTION: Question = {
  name: 'A. Person',
  dateOfBirth: '1990-01-01',
  addresses: [{ kind: 'RELEASE', line: '1 Mill Street', town: null, postcode: 'QS1 1AA' }],
  adults: [{ name: 'B. Adult', dateOfBirth: '1991-02-02', relationship: 'Partner' }],
  children: [],
  childrenBelievedPresent: false,
  more: null,
};

export interface KeptChecks {
  readonly checks: Checks;
  readonly bundle: Bundle;
  /** As the stack's clock and policy have it. */
  moment(): Moment;
  /** A check that is asked, recorded and in force, as the gateway's own mutations would leave it. */
  ask(of: {
    readonly person: string;
    readonly responders: readonly string[];
    readonly type?: CheckType;
    readonly release?: string | null;
    readonly question?: Question;
  }): Promise<Check>;
  /** The check as it is now. */
  now(check: Pick<Check, 'id'>): Promise<Check>;
  close(): Promise<void>;
}

/** Checks as the store of a stack keeps them, for tests of what the gateway does to them by itself. */
export async function keptChecks(stack: {
  readonly config: Pick<Config, 'databaseUrl' | 'auditHmacKeys' | 'policiesDir' | 'schemaDir'>;
  readonly clock: Clock;
}): Promise<KeptChecks> {
  const store = openStore(stack.config.databaseUrl, { poolSize: 2 });
  const checks = createChecks(store.db, stack.config.auditHmacKeys);
  const bundle = await loadBundle(stack.config.policiesDir, await readRecord(stack.config.schemaDir));
  const moment = () => ({ at: stack.clock.now(), practice: bundle, newId: randomUUID });
  return {
    checks,
    bundle,
    moment,
    async ask({ person, responders, type = 'DOMESTIC_ABUSE', release = '2099-01-04', question = QUESTION }) {
      const contents = responders.map(() => checks.contents.seal(writeQuestion(question)));
      const asks = responders.map((responder, place) => ({
        responder,
        question: questionIdentity(question),
        contentId: contents[place]?.id ?? '',
      }));
      const asked = { person, partner: 'probation-service', type, release, asks };
      const outcome = askCheck(asked, { as: 'ASKER', by: 'PRO-0001' }, moment());
      if (!outcome.ok) throw new Error(outcome.code);
      const change = { before: null, after: outcome.after, contents, texts: [], events: outcome.events };
      const saved = await checks.save([change], null, stack.clock.now());
      if (saved !== 'saved') throw new Error(saved);
      return outcome.after;
    },
    async now({ id }) {
      const [check] = await checks.byIds([id]);
      if (!check) throw new Error('the check is gone');
      return check;
    },
    close: () => store.close(),
  };
}
