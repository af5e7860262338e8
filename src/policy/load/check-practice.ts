import type { CheckType } from '../../record/checks.ts';
import { checkFlags } from './check-flags.ts';
import { checkDay, checkSpan } from './day.ts';
import type { ChecksFile, EventsFile, GapsFile, ReferralsFile, RoleFile } from './files.ts';
import { type Check, checkAllKnown, checkKnown } from './names.ts';
import type { Path, Yaml } from './yaml.ts';

/** That what is asked, noticed and sent can be asked, noticed and sent by these roles, of these partners. */
export function checkPractice(check: Check): void {
  const { checks, gaps, events } = check.files;
  if (checks !== null) checkChecks(check, checks);
  checkAreas(check);
  checkCalendar(check);
  if (gaps !== null) checkGaps(check, gaps);
  if (events !== null) checkEvents(check, events);
  checkReferrals(check);
  checkFlags(check);
}

function checkChecks(check: Check, file: Yaml<ChecksFile>): void {
  const { askers, managers, types, responders } = file.content;
  checkAll(check, file, ['types'], CHECK_TYPES, types);
  checkAllKnown(check, 'role', file, ['askers'], askers);
  checkAllKnown(check, 'role', file, ['managers'], managers);
  for (const [type, { purpose, source, role }] of Object.entries(types)) {
    const path = ['types', type];
    checkKnown(check, 'source type', file, [...path, 'source'], source);
    checkViewed(check, file, [...path, 'role'], { role, purpose });
    for (const [index, asker] of [...askers, ...managers].entries()) {
      const at = index < askers.length ? ['askers', index] : ['managers', index - askers.length];
      checkViewed(check, file, at, { role: asker, purpose });
    }
    for (const partner of holdersOf(check, source)) {
      if (Object.hasOwn(responders, partner)) continue;
      check.report(
        file.problemAt(['responders'], `${partner} holds ${source}, is asked, and has no clock here`, 'key'),
      );
    }
  }
  const sources = Object.values(types).map(({ source }) => source);
  for (const [partner, responder] of Object.entries(responders)) {
    const path = ['responders', partner];
    const tell = (member: string, message: string) => check.report(file.problemAt([...path, member], message));
    checkKnown(check, 'partner', file, path, partner, 'key');
    const holds = check.files.partners?.content.partners[partner]?.holds;
    if (check.names.partner?.has(partner) && !sources.includes(holds ?? '')) {
      check.report(
        file.problemAt(path, `${partner} holds ${holds ?? 'nothing'}, and no check is asked of that`, 'key'),
      );
    }
    const { targetHours, chaseHours, breachHours, expireHours, clock } = responder;
    if (breachHours < targetHours) tell('breachHours', `late after ${breachHours} hours, before it is due`);
    if (expireHours < breachHours) tell('expireHours', `given up after ${expireHours} hours, before it is late`);
    for (const [index, hours] of chaseHours.entries()) {
      const earlier = chaseHours[index - 1] ?? 0;
      if (hours > earlier && hours < expireHours) continue;
      const message =
        hours > earlier ? `chased after ${hours} hours, when it was given up` : 'times of chasing stand in order';
      check.report(file.problemAt([...path, 'chaseHours', index], message));
    }
    if (clock !== undefined && clock.to <= clock.from) tell('clock', `it ends at ${clock.to}, before it begins`);
  }
}

/** Whoever is asked somewhere holds what is asked for, and every check finds somebody to ask everywhere. */
function checkAreas(check: Check): void {
  const { areas: file, checks } = check.files;
  if (file === null) return;
  const { districts } = file.content;
  const asked = new Set(Object.values(checks?.content.types ?? {}).map(({ source }) => source));
  for (const [district, { region, responders }] of Object.entries(districts)) {
    const path = ['districts', district];
    checkKnown(check, 'region', file, [...path, 'region'], region);
    for (const [source, partners] of Object.entries(responders)) {
      checkKnown(check, 'source type', file, [...path, 'responders', source], source, 'key');
      checkAllKnown(check, 'partner', file, [...path, 'responders', source], partners);
      for (const [index, partner] of partners.entries()) {
        if (!check.names.partner?.has(partner) || holdersOf(check, source).includes(partner)) continue;
        check.report(file.problemAt([...path, 'responders', source, index], `${partner} does not hold ${source}`));
      }
    }
    for (const source of asked) {
      if (Object.hasOwn(responders, source)) continue;
      check.report(
        file.problemAt([...path, 'responders'], `a check is asked of ${source}, and nobody is named`, 'key'),
      );
    }
  }
}

function checkCalendar(check: Check): void {
  const { calendar: file } = check.files;
  if (file === null) return;
  const { from, until, holidays } = file.content;
  checkSpan(check, file, [], { from, until });
  for (const day of Object.keys(holidays)) {
    const tell = (message: string) => check.report(file.problemAt(['holidays', day], message, 'key'));
    checkDay(check, file, ['holidays', day], day);
    if (day < from || day > until) tell(`${day} is outside ${from} to ${until}`);
    if ([0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())) {
      tell(`${day} is at a weekend: the bank holiday is the substitute day`);
    }
  }
}

/** A rule that no view could ever look at is a mistake, not a rule. */
function checkGaps(check: Check, file: Yaml<GapsFile>): void {
  for (const [rule, { inputs, owner }] of Object.entries(file.content)) {
    checkKnown(check, 'role', file, [rule, 'owner', 'role'], owner.role);
    checkKnown(check, 'source type', file, [rule, 'owner', 'source'], owner.source);
    const needed = classesOf(check, file, [rule, 'inputs'], inputs);
    if (needed === null || !check.files.everyRole) continue;
    const views = check.files.roles.flatMap(({ content }) => Object.values(content.purposes));
    if (views.some((view) => [...needed].every((name) => viewHas(view, name)))) continue;
    check.report(file.problemAt([rule, 'inputs'], 'no view of any role has all of these', 'key'));
  }
}

/**
 * An event is told only to those of its audience who may see what changed. Some of it may be out of a role's view today;
 * an event that nobody could be told is a mistake.
 */
function checkEvents(check: Check, file: Yaml<EventsFile>): void {
  checkAll(check, file, ['kinds'], OWN_EVENTS, file.content.kinds);
  for (const [kind, { watches = [], audience }] of Object.entries(file.content.kinds)) {
    const path = ['kinds', kind];
    const needed = classesOf(check, file, [...path, 'watches'], watches);
    for (const [index, told] of audience.entries())
      checkViewed(check, file, [...path, 'audience', index, 'role'], told);
    if (needed === null || !check.files.everyRole) continue;
    const isTold = ({ role, purpose }: (typeof audience)[number]) => {
      const { actions = [], purposes = {} } = roleOf(check, role) ?? {};
      const view = purposes[purpose];
      return actions.includes(READING) && view !== undefined && [...needed].every((name) => viewHas(view, name));
    };
    if (audience.some(isTold)) continue;
    check.report(
      file.problemAt([...path, 'audience'], `none of these may see what it is about, or read ${READING}`, 'key'),
    );
  }
}

/** The root field by which events are read. */
const READING = 'changes';

const CHECK_TYPES: readonly CheckType[] = ['DOMESTIC_ABUSE', 'CHILDRENS_SERVICES'];

/** Of what the gateway does itself: it is done, whoever is told. */
const OWN_EVENTS = [
  'BED_REFUSED',
  'CHECK_ASKED',
  'CHECK_CHASED',
  'CHECK_OVERDUE',
  'CHECK_RETURNED',
  'CHECK_WITHDRAWN',
  'REFERRAL_ANSWERED',
  'REFERRAL_SENT',
];

function checkAll(check: Check, file: Yaml<unknown>, path: Path, names: readonly string[], present: object): void {
  for (const name of names) {
    if (!Object.hasOwn(present, name)) check.report(file.problemAt(path, `${name} is missing`, 'key'));
  }
}

function checkReferrals(check: Check): void {
  const { referrals: file } = check.files;
  if (file === null) return;
  for (const [type, role] of Object.entries(file.content.providers)) {
    const path = ['providers', type];
    checkKnown(check, 'partner type', file, path, type, 'key');
    checkViewed(check, file, path, { role, purpose: file.content.purpose });
    const found = roleOf(check, role);
    if (found === undefined || found.partnerTypes.includes(type)) continue;
    check.report(file.problemAt(path, `${role} is no role of ${type}`));
  }
  checkKnown(check, 'purpose', file, ['purpose'], file.content.purpose);
  checkTeams(check, file);
}

/** Whoever may be asked to take somebody has a team that is asked, and nobody else has one. */
function checkTeams(check: Check, file: Yaml<ReferralsFile>): void {
  const { providers, teams } = file.content;
  const partners = Object.entries(check.files.partners?.content.partners ?? {});
  for (const partner of Object.keys(teams)) {
    checkKnown(check, 'partner', file, ['teams', partner], partner, 'key');
    const type = partners.find(([code]) => code === partner)?.[1].type;
    if (type === undefined || Object.hasOwn(providers, type)) continue;
    check.report(file.problemAt(['teams', partner], `${partner} is of type ${type}, and is not asked`, 'key'));
  }
  for (const [partner, { type }] of partners) {
    if (!Object.hasOwn(providers, type) || Object.hasOwn(teams, partner)) continue;
    check.report(file.problemAt(['teams'], `${partner} may be asked, and has no team here`, 'key'));
  }
}

/** A role that there is, and a purpose that it may declare. */
function checkViewed(
  check: Check,
  file: Yaml<unknown>,
  path: Path,
  { role, purpose }: { readonly role: string; readonly purpose: string },
): void {
  checkKnown(check, 'role', file, path, role);
  checkKnown(check, 'purpose', file, path, purpose);
  const declared = Object.keys(roleOf(check, role)?.purposes ?? {});
  const known = check.names.purpose;
  // A purpose that a role misspells is a problem of its own, and comes first.
  if (declared.length === 0 || !known?.has(purpose) || declared.some((each) => !known.has(each))) return;
  if (declared.includes(purpose)) return;
  check.report(file.problemAt(path, `${role} may not declare ${purpose}`));
}

function roleOf({ files }: Check, name: string): RoleFile | undefined {
  return files.roles.find(({ content }) => content.role === name)?.content;
}

function holdersOf({ files }: Check, source: string): string[] {
  const partners = files.partners?.content.partners ?? {};
  return Object.keys(partners).filter((code) => partners[code]?.holds === source);
}

function viewHas({ sections }: RoleFile['purposes'][string], dataClass: string): boolean {
  return Object.values(sections).some(({ classes }) => classes.includes(dataClass));
}

/** The classes of some fields of the record; null where they cannot be told. */
function classesOf(check: Check, file: Yaml<unknown>, path: Path, coordinates: readonly string[]): Set<string> | null {
  const classes = Object.entries(check.files.dataClasses?.content.classes ?? {});
  const found = new Set<string>();
  for (const [index, coordinate] of coordinates.entries()) {
    checkKnown(check, 'coordinate', file, [...path, index], coordinate);
    const name = classes.find(([, { fields }]) => fields?.includes(coordinate))?.[0];
    if (name !== undefined) found.add(name);
    else if (check.files.dataClasses?.content.envelope.includes(coordinate)) {
      check.report(file.problemAt([...path, index], `${coordinate} is in the envelope, and tells nothing`));
    }
  }
  return check.files.dataClasses === null ? null : found;
}
