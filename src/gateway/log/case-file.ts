import { caseFile as compile } from '../../audit/case-file.ts';
import { correction as misled } from '../../audit/correction.ts';
import type { Read } from '../../audit/reading.ts';
import { GatewayError } from '../../errors.ts';
import { didYouMean } from '../../record/problem.ts';
import type { Errand } from '../errand.ts';
import { toldOf } from '../notices/incidents.ts';
import { answerer } from './answer.ts';
import { amendLook, checkSize, type Look, spanOf, startLook, type Whom, whomOf } from './look.ts';

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
  const input = errand.args['input'] as AboutOneInput & { readonly dataClasses?: readonly string[] | null };
  const { reads, lost, look, whom } = await aboutOne(errand, input, ofClasses(input.dataClasses ?? null));
  const { entries, policies } = compile(reads, lost);
  const answer = await answerer(errand, look, reads, errand.selection.get('entries')?.get('entry'), whom);
  const approvals = await errand.engine.approvals();
  return {
    entries: entries.map(({ delivered, ...read }) => ({ delivered, entry: answer(read) })),
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
  const recipients = misled(reads, new Set(input.holders), lost);
  const notices = errand.selection.get('recipients')?.has('notice')
    ? await errand.engine.notices.ofEntries(recipients.map(({ entry }) => entry))
    : [];
  return {
    recipients: recipients.map((each) => {
      const notice = notices.find(
        ({ entries, holders }) =>
          entries.includes(each.entry) && each.fields.every(({ holder }) => holders.includes(holder)),
      );
      return { ...each, notice: notice ? toldOf(notice, errand.request) : null };
    }),
  };
}

/** By what the reader may read: a filter that knew more could be asked what is hidden. */
function ofClasses(names: readonly string[] | null): (read: Read, look: Look) => boolean {
  if (names === null) return () => true;
  const asked = new Set(names);
  return ({ kind, outcome, classes, withheld }, { releases }) =>
    // What was refused whole is logged without what was asked for.
    kind === 'refusal' ||
    (kind === 'break-glass' && outcome === 'refused') ||
    classes.some((name) => asked.has(name)) ||
    withheld.some(({ field }) => asked.has(releases.classOf(field) ?? ''));
}

async function aboutOne(
  errand: Errand,
  input: AboutOneInput,
  accepts: (read: Read, look: Look) => boolean = () => true,
): Promise<{ reads: readonly Read[]; lost: ReadonlySet<string>; look: Look; whom: Whom }> {
  const span = spanOf(input);
  const look = await startLook(errand, span);
  const whom = await whomOf(errand, look, input.identifier);
  const found = await look.readAll({ ...span, subjects: whom.refs });
  const theirs = whom.person === null ? [] : found;
  checkSize(theirs);
  const reads = theirs.filter((read) => accepts(read, look));
  const lost = await look.lost(reads);
  amendLook(errand, { found: reads.length });
  return { reads, lost, look, whom };
}
