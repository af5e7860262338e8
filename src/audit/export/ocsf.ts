import type { Logged } from '../logged.ts';
import { resultOf, whyOf } from './outcome.ts';

/** Open Cybersecurity Schema Framework, class API Activity: https://schema.ocsf.io/1.8.0/classes/api_activity. */

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

const VERSION = '1.8.0';
const CATEGORY = 6;
const CLASS = 6003;
const OTHER = 99;
const ACTIVITIES: Readonly<Record<string, number>> = {
  collection: 1,
  consultation: 2,
  disclosure: 2,
  alteration: 3,
  erasure: 4,
};

const [ALLOWED, DENIED] = [1, 2];
const [INFORMATIONAL, LOW, MEDIUM] = [1, 2, 3];

export function apiActivity(entry: Logged, index: number): Json {
  const result = resultOf(entry);
  const { id, at, kind, node, network, requestId, trace, status, outcome, policy, operation } = entry;
  const activity = ACTIVITIES[entry.processing ?? ''] ?? OTHER;
  const isGlass = kind === 'break-glass' && result === 'success';
  const why = whyOf(entry);
  return present({
    activity_id: activity,
    ...(activity === OTHER && { activity_name: kind }),
    category_uid: CATEGORY,
    class_uid: CLASS,
    type_uid: CLASS * 100 + activity,
    time: Date.parse(at),
    severity_id: isGlass ? MEDIUM : result === 'success' ? INFORMATIONAL : LOW,
    status_id: result === 'success' ? 1 : 2,
    status_code: outcome,
    status_detail: why.length > 0 ? why.join(' ') : null,
    metadata: {
      version: VERSION,
      product: { name: 'Throughgate', vendor_name: 'Throughgate' },
      profiles: ['security_control', ...(trace === null ? [] : ['trace'])],
      uid: id,
      correlation_uid: requestId,
      sequence: index,
      event_code: kind,
    },
    actor: actorOf(entry),
    api: {
      operation: operation?.name ?? operation?.hash ?? kind,
      request: requestId === null ? null : { uid: requestId },
    },
    src_endpoint: network === null ? { name: requestId === null && node !== null ? node : 'unknown' } : { ip: network },
    dst_endpoint: node === null ? null : { name: node },
    http_response: status === null ? null : { code: status },
    trace: trace === null ? null : { uid: trace },
    action_id: result === 'refused' ? DENIED : ALLOWED,
    is_alert: isGlass,
    policy: policy === null ? null : { uid: policy },
    resources: resourcesOf(entry),
    unmapped: unmappedOf(entry),
  });
}

/** OCSF wants one to be named, and some callers never said who they are. */
function actorOf({ actor }: Logged): Json {
  if (actor === null) return { app_name: 'Throughgate' };
  const { practitioner, name, subject, issuer, role, partner, client, tokenId } = actor;
  const uid = practitioner ?? subject;
  return present({
    user:
      uid === null
        ? null
        : { uid, name, uid_alt: subject, org: partner && { uid: partner }, groups: role && [{ name: role }] },
    session: tokenId === null ? null : { uid: tokenId, issuer },
    app_uid: client,
    app_name: uid === null && client === null ? 'unknown' : null,
  });
}

/** The person by pseudonym, and each field that was released of theirs. */
function resourcesOf({ subject, released }: Logged): Json {
  const person = subject && { uid: subject.ref, type: 'person', namespace: `epoch ${subject.epoch}` };
  return [...(person ? [person] : []), ...released.map((name) => ({ name, type: 'field' }))];
}

/** All that OCSF has no place for, by the names that it has in the log. */
function unmappedOf(entry: Logged): Json {
  const { v, processing, purpose, relationship, agreements, basis, classes, sources, sections, withheld, reasons } =
    entry;
  const {
    recipient,
    thirdParties,
    counts,
    deed,
    breakGlass,
    reason,
    until,
    field,
    from,
    to,
    found,
    format,
    entries,
    reference,
    what,
  } = entry;
  return {
    ...{ v, processing, purpose, relationship, agreements, basis, classes, sources, sections, withheld, reasons },
    ...{
      recipient,
      thirdParties,
      counts,
      deed,
      breakGlass,
      reason,
      until,
      field,
      from,
      to,
      found,
      format,
      entries,
      reference,
      what,
    },
    operationHash: entry.operation?.hash ?? null,
    entry: entry.entry,
  } as unknown as Json;
}

/** Without what is null or an empty list: OCSF leaves such attributes out. */
function present(value: Json): Json {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([, item]) => item !== null && item !== undefined && !(Array.isArray(item) && item.length === 0),
  );
  return Object.fromEntries(members.map(([key, item]) => [key, present(item as Json)]));
}
