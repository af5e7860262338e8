import type { Bundle } from '../bundle.ts';
import type { ChecksPolicy, FlagRule, FlagsPolicy } from '../practice.ts';
import type { ChecksFile, FlagsFile, PolicyFiles } from './files.ts';
import { mapValues } from './map-values.ts';

type Practice = Pick<
  Bundle,
  'checks' | 'areas' | 'regions' | 'calendar' | 'gaps' | 'events' | 'watching' | 'referrals' | 'flags'
>;

/** What the checks, releases and referrals of a bundle follow from. */
export function compilePractice(files: PolicyFiles): Practice {
  const { areas, calendar, gaps, events, referrals } = files;
  return {
    checks: compileChecks(files.checks.content),
    areas: mapValues(areas.content.districts, ({ region, responders }) => ({
      region,
      responders: mapValues(responders, (partners) => partners),
    })),
    regions: mapValues(areas.content.regions, (name) => name),
    calendar: { ...calendar.content, holidays: mapValues(calendar.content.holidays, (name) => name) },
    gaps: mapValues(gaps.content, ({ checks = null, numbers = {}, ...gap }, rule) => ({
      ...gap,
      rule,
      checks,
      numbers: mapValues(numbers, (number) => number),
    })),
    events: mapValues(events.content.kinds, ({ watches = [], when = null, ...event }, kind) => ({
      ...event,
      kind,
      watches,
      when,
    })),
    watching: events.content.watching,
    referrals: {
      providers: Object.keys(referrals.content.providers),
      purpose: referrals.content.purpose,
      roles: mapValues(referrals.content.providers, (role) => role),
      teams: mapValues(referrals.content.teams, (team) => team),
      refusals: mapValues(referrals.content.refusals, (label) => label),
      broughtBy: mapValues(referrals.content.broughtBy, (label) => label),
      openDays: referrals.content.openDays,
    },
    flags: compileFlags(files),
  };
}

function compileFlags({ flags, relationships }: PolicyFiles): FlagsPolicy {
  const { explains, hours, feeds, rules, ...rest } = flags.content;
  return {
    ...rest,
    explains: mapValues(explains, (each, type) => ({
      ...each,
      graceDays: relationships.content[type]?.graceDays ?? 0,
    })),
    hours: mapValues(hours, (each) => each),
    feeds: mapValues(feeds, (type) => type),
    rules: mapValues(rules as Record<FlagRule, FlagsFile['rules'][string]>, ({ numbers = {}, ...each }, rule) => ({
      ...each,
      rule,
      numbers: mapValues(numbers, (number) => number),
    })),
  };
}

function compileChecks({ types, responders, unableReasons, ...rest }: ChecksFile): ChecksPolicy {
  return {
    ...rest,
    types: mapValues(types, ({ systems, findings, ...type }) => ({
      ...type,
      systems: mapValues(systems, (label) => label),
      findings: mapValues(findings, (label) => label),
    })),
    responders: mapValues(responders, ({ clock = 'any' as const, ...responder }) => ({ ...responder, clock })),
    unableReasons: mapValues(unableReasons, (label) => label),
  };
}
