import DataLoader from 'dataloader';
import { countsOn, openForOthers } from '../../checks/state.ts';
import type { Desk } from '../../policy/bundle.ts';
import type { Check } from '../../record/checks.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import type { GapAcknowledgement } from '../../record/gaps.ts';
import type { Selection } from '../../record/selection.ts';
import type { Accepted, Engine } from '../engine.ts';
import { type FetchContext, fetchSection, type SectionOutcome, type Subject } from '../person.ts';
import { type Circumstances, type Looked, look } from './look.ts';
import { ownersFrom } from './owner.ts';
import { createGapPlanner, type GapPlan, type PlannedRule } from './plan.ts';

/** What one person's release lacks: what would be asked to see it, and what was found. */
export interface GapReading {
  plan(): GapPlan;
  look(): Promise<Looked>;
}

/**
 * How one request looks at people's releases. What the rules need travels with whatever else the request asks of the same holders in the
 * same turn; checks and acknowledgements are read once for everybody.
 */
export function createGapReader(
  {
    policy,
    gapRules,
    checks,
    gapAcknowledgements,
  }: Pick<Engine, 'policy' | 'gapRules' | 'checks' | 'gapAcknowledgements'>,
  { view, now }: Pick<Accepted, 'view' | 'now'>,
  fetching: FetchContext,
) {
  const { bundle } = policy;
  const plan = createGapPlanner(gapRules, view);
  // Nothing of it is resolved as a section would be.
  const context = { ...fetching, permit: () => {} };
  const checksOf = loaderOf<Check>((people) => checks.ofPeople(people, { closed: true }));
  const acknowledgedOf = loaderOf<GapAcknowledgement>((people) => gapAcknowledgements.of(view.partner, people));
  const answers = bundle.messages.get('CheckAnswer.outcome') ?? '';
  const mayAsk =
    [...bundle.checks.askers, ...bundle.checks.managers].includes(view.role.name) &&
    (view.role.purposes.get(view.purpose.code)?.receives.includes(answers) ?? false);
  const askingTypes = bundle.checks.askers.flatMap((role) => bundle.roles.get(role)?.partnerTypes ?? []);
  const askingPartners = [...bundle.partners.values()].flatMap(({ code, type }) =>
    askingTypes.includes(type) ? [code] : [],
  );
  const ago = new Map<number, Day>();
  const sourceOf = new Map([...view.sections.values()].map(({ name, source }) => [name, source]));

  /** @param selection what is selected of `Person.gaps`; null where only the gateway itself looks */
  return function read(subject: Subject, selection: Selection | null): GapReading {
    const items = selection?.get('items');
    const planNow = () => plan(subject.decision, items?.has('owner') ?? false);
    return { plan: planNow, look: () => lookAt(subject, planNow(), items?.has('acknowledged') ?? false) };
  };

  async function lookAt({ facts }: Subject, planned: GapPlan, readsAcknowledgements: boolean): Promise<Looked> {
    const person = facts?.person ?? '';
    const readsChecks = planned.rules.some(({ policy: { checks: type } }) => type !== null);
    const [outcomes, known, acknowledgements] = await Promise.all([
      Promise.all([...planned.sections.values()].map((section) => fetchSection(section, context))),
      readsChecks ? checksOf.load(person) : [],
      readsAcknowledgements ? acknowledgedOf.load(person) : [],
    ]);
    const sections: ReadonlyMap<string, SectionOutcome> = new Map(outcomes.map((each) => [each.plan.section, each]));
    const circumstances: Circumstances = {
      today: view.day,
      daysAgo,
      bundle,
      holdersOf: (section) => policy.holdersOf.get(sourceOf.get(section) ?? '') ?? [],
      checkOf: (rule, release) => standing(known, rule, release),
      acknowledgements,
      ownerOf: ownersFrom(planned.contacts, sections, deskOf),
    };
    return look(planned, sections, circumstances);
  }

  function daysAgo(days: number): Day {
    const known = ago.get(days) ?? addDays(view.day, -days);
    ago.set(days, known);
    return known;
  }

  /** Whoever asks for it knows what became of it; others, whether somebody decided: what was taken back was not done. */
  function standing(known: readonly Check[], { policy: { checks: type } }: PlannedRule, release: Day) {
    const ofType = known.filter((check) => check.type === type);
    const own = mayAsk ? ofType.filter(({ partner }) => partner === view.partner) : ofType;
    // That there is none tells as much as that there is one.
    const partners = mayAsk ? [view.partner] : askingPartners;
    return {
      isDone: own.some((check) =>
        mayAsk ? countsOn(check, release) : check.decidedFirst !== null && !openForOthers(check, now),
      ),
      told: partners.map((partner) => `${partner}|Check.${mayAsk ? 'state' : 'open'}`),
    };
  }

  function deskOf(source: string): Desk {
    const desk = policy.contact(view.partner, source) ?? bundle.desks.duty.get(view.partner);
    if (!desk) throw new Error(`there is no desk to ring about ${source}`);
    return desk;
  }
}

function loaderOf<Row extends { readonly person: string }>(
  read: (people: readonly string[]) => Promise<readonly Row[]>,
): DataLoader<string, Row[]> {
  return new DataLoader(async (people) => {
    const rows = Map.groupBy(await read(people), ({ person }) => person);
    return people.map((person) => rows.get(person) ?? []);
  });
}
