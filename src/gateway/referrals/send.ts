import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import { addDays } from '../../record/day.ts';
import { londonDay } from '../../record/london.ts';
import type { ReferralChange, ReferralPack } from '../../record/referrals.ts';
import { repeatable } from '../checks/command.ts';
import { NOT_OPEN_HOLD_MILLISECONDS, namedPeople } from '../checks/find.ts';
import { addPlace } from '../checks/told.ts';
import type { Errand } from '../errand.ts';
import { again, keep, refused } from './act.ts';
import { findContacts, sealContacts } from './contacts.ts';
import { arrivalMessage } from './messages.ts';
import { isSender } from './standing.ts';

interface SendReferralPackInput {
  readonly person: string;
  readonly provider: string;
  readonly arrivesAt: string;
  readonly broughtBy: string;
  readonly idempotencyKey: string;
}

/** Nobody plans an arrival longer ahead, and until it is answered the record is open to whoever is asked. */
const LONGEST_AHEAD_DAYS = 366;
const MOST_PACKS = 1_000;

/**
 * Asks a provider to take somebody. It takes the place of what the provider was asked about them before. What it says goes
 * there by both keys, or not at all.
 * @throws GatewayError BAD_USER_INPUT with everything that is wrong, BAD_IDENTIFIER, or PURPOSE_NOT_ALLOWED, before anybody
 *   is looked up
 */
export async function sendReferralPack(errand: Errand): Promise<object> {
  const { engine, request, root } = errand;
  const { referrals } = engine;
  const input = errand.args['input'] as SendReferralPackInput;
  const team = readPack(errand, input);
  const command = await repeatable(errand, input);
  if (command.kept) return again(errand, command, 'NOTHING_TO_SHOW');

  const [subject] = await namedPeople(errand, [input.person]);
  if (!subject) throw new Error('somebody who was named is not there');
  const { facts, decision } = subject;
  if (!facts || !decision.permitted) {
    addPlace(root, subject, null);
    errand.hold(NOT_OPEN_HOLD_MILLISECONDS);
    return refused(errand, 'NOTHING_TO_SHOW');
  }
  const { partner, practitioner } = request.principal;
  const about = { id: randomUUID(), person: facts.person, partner, provider: input.provider, team };
  const sent = arrivalMessage(errand, about, facts);
  if (!sent.sent) {
    addPlace(root, subject, errand.place(subject, new Map()));
    return refused(errand, 'NOT_SHARED', { messages: [sent] });
  }

  const contacts = sealContacts(referrals, await findContacts(errand, subject));
  const pack: ReferralPack = {
    ...about,
    state: 'SENT',
    sentBy: practitioner,
    sentAt: request.now,
    arrivesAt: new Date(input.arrivesAt),
    broughtBy: input.broughtBy,
    contactsId: contacts.id,
    answeredBy: null,
    answeredAt: null,
    reason: null,
    textId: null,
    endedAt: null,
    version: 1,
  };
  const told = { id: randomUUID(), kind: 'REFERRAL_SENT', at: request.now, person: facts.person };
  const changes: ReferralChange[] = [
    ...(await earlier(errand, pack)).map((before) => ended(before, request.now)),
    {
      before: null,
      after: pack,
      contents: [contacts],
      texts: [],
      events: [{ ...told, partner: pack.provider, reference: pack.id }],
    },
  ];
  const seen = { pack, subject, as: 'SENDER' } as const;
  return keep(errand, input, command, { seen, changes, text: null, messages: [sent] }, 'NOTHING_TO_SHOW');
}

/** What ends without an answer, or in spite of one. */
export function ended(before: ReferralPack, at: Date): ReferralChange {
  const after: ReferralPack = { ...before, state: 'ENDED', endedAt: at, version: before.version + 1 };
  return { before, after, contents: [], texts: [], events: [] };
}

/** Whatever of the provider's stands about the person: the new pack says otherwise. */
async function earlier({ engine }: Errand, { person, partner, provider }: ReferralPack): Promise<ReferralPack[]> {
  const filter = {
    list: 'SENT_BY',
    partner,
    people: [person],
    from: new Date(0),
    after: null,
    limit: MOST_PACKS,
  } as const;
  const { packs } = await engine.referrals.page(filter);
  return packs.filter((pack) => pack.provider === provider && (pack.state === 'SENT' || pack.state === 'ACCEPTED'));
}

/** The whole input, checked. @returns the team that is asked */
function readPack(errand: Errand, { provider, arrivesAt, broughtBy }: SendReferralPackInput): string {
  if (!isSender(errand)) {
    throw new GatewayError(
      'PURPOSE_NOT_ALLOWED',
      'Nobody is asked for a place for this purpose: declare that of planning a release.',
    );
  }
  const { referrals } = errand.engine.policy.bundle;
  const { now, view } = errand.request;
  const team = referrals.teams.get(provider);
  const arrives = new Date(arrivesAt);
  const last = addDays(view.day, LONGEST_AHEAD_DAYS);
  const problems = [
    ...(team === undefined ? [`"provider" needs one of: ${[...referrals.teams.keys()].join(', ')}.`] : []),
    ...(arrives < now ? ['"arrivesAt" must not be in the past.'] : []),
    ...(londonDay(arrives) > last ? [`"arrivesAt" must be within ${LONGEST_AHEAD_DAYS} days.`] : []),
    ...(referrals.broughtBy.has(broughtBy)
      ? []
      : [`"broughtBy" needs one of: ${[...referrals.broughtBy.keys()].join(', ')}.`]),
  ];
  if (team === undefined || problems.length > 0) throw new GatewayError('BAD_USER_INPUT', problems.join(' '));
  return team;
}
