import type { Span } from '../../audit/log-reader.ts';
import type { Use } from '../../audit/register.ts';
import { reportText, rowsOf, waitingFor } from '../../audit/subject-report.ts';
import { GatewayError } from '../../errors.ts';
import { tellingWords } from '../../policy/telling.ts';
import { addDays, daysBetween } from '../../record/day.ts';
import { covers, type Day } from '../../record/facts.ts';
import { endOfDay } from '../../record/london.ts';
import type { Telling } from '../../record/telling.ts';
import type { Errand } from '../errand.ts';
import { amendLook, startLook, whomOf } from '../log/look.ts';
import { monthAfter } from './due.ts';
import { usesAbout } from './uses.ts';

interface SubjectReportInput {
  readonly identifier: { readonly type: string; readonly value: string };
  readonly from: Day;
  readonly to: Day;
}

/** No log is older. */
const EARLIEST_DAY = '2000-01-01';
/** Ten years, and a day for the leap years in them. */
const LONGEST_SPAN_DAYS = 3_660;

/**
 * What a person is told of who used their information, signed by the key of the log. Somebody nobody knows, and somebody
 * of whom the reader may not know, have the report of somebody whose information nobody used. Controllers with something
 * to decide are given work, with the clock of the law.
 * @throws GatewayError BAD_USER_INPUT, BAD_IDENTIFIER, STORE_UNAVAILABLE
 */
export async function subjectReport(errand: Errand): Promise<object> {
  const { engine, request } = errand;
  const { bundle } = engine.policy;
  const { identifier, from, to } = errand.args['input'] as SubjectReportInput;
  const span = spanOfDays(from, to);
  errand.hold(bundle.telling.holdMilliseconds);

  const look = await startLook(errand, span);
  const whom = await whomOf(errand, look, identifier);
  const found = await usesAbout(look, whom.refs, span, bundle);
  const tellings = await engine.tellings.ofEntries([...new Set(found.map(({ entry }) => entry))]);
  const uses = whom.person === null ? [] : found;
  const words = tellingWords(bundle);
  const rows = rowsOf(uses, tellings, words);
  const total = rows.reduce((sum, { times }) => sum + times, 0);
  if (whom.person !== null) await giveWork(errand, whom.person, uses, tellings);
  amendLook(errand, { found: total });
  const frame = { about: identifier, from, to, drawnUpOn: request.view.day };
  return {
    note: engine.reports.sign(reportText(frame, rows, words)),
    checkpoint: engine.reports.checkpoint(),
    rows: rows.map((row) => ({ ...row })),
    total,
  };
}

/**
 * One item for each controller with something to decide about the person: a second report finds it open. Somebody who is
 * restricted is nobody's work but the owner's, whose readers alone may know of them.
 */
async function giveWork(
  { engine, request, afterRecorded }: Errand,
  person: string,
  uses: readonly Use[],
  tellings: readonly Telling[],
): Promise<void> {
  const { now, view, pseudonyms } = request;
  const guarded = await engine.logPeople.guarded(request.principal);
  const owners = guarded
    .filter((each) => each.person === person)
    .flatMap(({ restrictions }) => restrictions)
    .filter((restriction) => restriction.type === 'RESTRICTION' && covers(restriction, view.day))
    .map(({ owner }) => owner);
  const controllers = [...new Set(uses.flatMap(({ deciders }) => deciders))].filter(
    (controller) =>
      owners.every((owner) => owner === controller) && waitingFor(controller, uses, tellings, view.day).length > 0,
  );
  afterRecorded(() =>
    engine.governance.addWorkItems(
      controllers.map((partner) => ({
        kind: 'SUBJECT_REPORT_DECISION',
        partner,
        reference: pseudonyms.ofPerson(person).ref,
        person,
        openedAt: now,
        dueAt: endOfDay(new Date(`${monthAfter(view.day)}T12:00:00Z`)),
      })),
    ),
  );
}

/** Whole days in the United Kingdom, both included. @throws GatewayError BAD_USER_INPUT */
function spanOfDays(from: Day, to: Day): Span {
  const days = daysBetween(from, to);
  const problems = [
    ...(from < EARLIEST_DAY ? [`"from" must not be before ${EARLIEST_DAY}.`] : []),
    ...(days < 0 || days > LONGEST_SPAN_DAYS ? ['"to" must be the same day as "from" or up to ten years later.'] : []),
  ];
  if (problems.length > 0) throw new GatewayError('BAD_USER_INPUT', problems.join(' '));
  return { from: after(addDays(from, -1)), to: after(to) };
}

/** The first instant after a day. */
function after(day: Day): Date {
  return new Date(endOfDay(new Date(`${day}T12:00:00Z`)).getTime() + 1_000);
}
