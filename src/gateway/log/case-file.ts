import { caseFile as compile } from '../../audit/case-file.ts';
import { correction as misled } from '../../audit/correction.ts';
import type { Read } from '../../audit/reading.ts';
import { GatewayError } from '../../errors.ts';
import { didYouMean } from '../../record/problem.ts';
import type { Errand } from '../errand.ts';
import { answered } from './answer.ts';
import { amendLook, checkSize, spanOf, startLook, whomOf } from './look.ts';

interface AboutOneInput {
  readonly identifier: { readonly type: string; readonly value: string };
  readonly from: string;
  readonly to: string;
}

/**
 * Everything that any account saw of one person, or was refused, with the policy that decided it. Somebody of whom the
 * reader may not know, and nobody, are answered alike: with nothing.
 * @throws GatewayError BAD_USER_INPUT, BAD_IDENTIFIER, TOO_COMPLEX, STORE_UNAVAILABLE
 */
export async function caseFile(errand: Errand): Promise<object> {
  const { reads, lost } = await aboutOne(errand, errand.args['input'] as AboutOneInput);
  const { entries, policies } = compile(reads, lost);
  const approvals = await errand.engine.approvals();
  return {
    entries: entries.map(({ delivered, ...read }) => ({ delivered, entry: answered(read) })),
    policies: policies.map((each) => {
      const approval = approvals.find(({ hash }) => hash === each.policy);
      return {
        ...each,
        approver: approval?.approver ?? null,
        approvedOn: approval?.date ?? null,
        reference: approval?.reference ?? null,
      };
    }),
  };
}

/**
 * Two people joined by mistake: who received what some holders hold of the wrong one.
 * @throws GatewayError as `caseFile`
 */
export async function correction(errand: Errand): Promise<object> {
  const input = errand.args['input'] as AboutOneInput & { readonly holders: readonly string[] };
  const known = errand.engine.policy.territory.holders.map(({ code }) => code);
  const unknown = input.holders.filter((holder) => !known.includes(holder));
  if (unknown.length > 0 || input.holders.length === 0) {
    const near = unknown.map((holder) => didYouMean(holder, known)).find((hint) => hint !== '') ?? '';
    throw new GatewayError('BAD_USER_INPUT', `"holders" needs codes of: ${known.join(', ')}${near}.`);
  }
  const { reads, lost } = await aboutOne(errand, input);
  return { recipients: misled(reads, new Set(input.holders), lost).map((each) => ({ ...each })) };
}

async function aboutOne(
  errand: Errand,
  input: AboutOneInput,
): Promise<{ reads: readonly Read[]; lost: ReadonlySet<string> }> {
  const span = spanOf(input);
  const look = await startLook(errand, span);
  const { person, refs } = await whomOf(errand, look, input.identifier);
  const found = await look.readAll({ ...span, subjects: refs });
  const reads = person === null ? [] : found;
  checkSize(reads);
  const lost = await look.lost(reads);
  amendLook(errand, { found: reads.length });
  return { reads, lost };
}
