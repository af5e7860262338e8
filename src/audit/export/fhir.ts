import type { Logged } from '../logged.ts';
import { resultOf, whyOf } from './outcome.ts';

/**
 * FHIR R4 AuditEvent (https://hl7.org/fhir/R4/auditevent.html) in the patterns of IHE Basic Audit Log Patterns, as
 * https://profiles.ihe.net/ITI/BALP has them: entries that they cover claim their profile. People are logical
 * references, by pseudonym: there is no Patient resource to be had.
 */

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** Of our own codes and identifiers. */
const OURS = 'https://throughgate.example/audit';
const BALP = 'https://profiles.ihe.net/ITI/BALP';
const DICOM = 'http://dicom.nema.org/resources/ontology/DCM';
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';

export function auditEvent(entry: Logged, index: number): Json {
  const result = resultOf(entry);
  const pattern = result === 'refused' ? refusal(entry) : patternOf(entry, result === 'success');
  const server = { identifier: { system: `${OURS}/node`, value: entry.node ?? 'unknown' } };
  return filled({
    resourceType: 'AuditEvent',
    id: entry.id,
    meta: { profile: pattern.profile && [`${BALP}/StructureDefinition/${pattern.profile}`] },
    type: pattern.type,
    subtype: [pattern.subtype],
    action: ACTIONS[entry.processing ?? ''] ?? (pattern.profile ? 'R' : 'E'),
    recorded: entry.at,
    outcome: { success: '0', refused: '4', fault: '8' }[result],
    outcomeDesc: whyOf(entry).join(' '),
    purposeOfEvent: purposesOf(entry),
    agent: [clientOf(entry), serverOf(entry, server), userOf(entry), organisationOf(entry), recipientOf(entry)],
    source: { observer: server, type: [coding(`${TERMINOLOGY}/security-source-type`, '4', 'Application Server')] },
    entity: [transactionOf(entry), patientOf(entry), dataOf(entry, index)],
  });
}

interface Pattern {
  readonly profile: string | null;
  readonly type: Json;
  readonly subtype: Json;
}

const PARTICIPATION = `${TERMINOLOGY}/v3-ParticipationType`;
const RECEIVING = coding(PARTICIPATION, 'IRCP', 'information recipient');

const ACTIONS: Readonly<Record<string, string>> = {
  collection: 'C',
  alteration: 'U',
  consultation: 'R',
  disclosure: 'R',
  combination: 'R',
  erasure: 'D',
};

const REST = coding(`${TERMINOLOGY}/audit-event-type`, 'rest', 'Restful Operation');
const READ = coding('http://hl7.org/fhir/restful-interaction', 'read', 'read');
const OPERATION = coding('http://hl7.org/fhir/restful-interaction', 'operation', 'operation');
const ALERT = dicom('110113', 'Security Alert');
const APPLICATION = dicom('110100', 'Application Activity');

function patternOf({ kind, deed, subject }: Logged, succeeded: boolean): Pattern {
  switch (kind) {
    case 'disclosure': {
      const disclosed = coding(`${TERMINOLOGY}/iso-21089-lifecycle`, 'disclose', 'Disclose Record Lifecycle Event');
      const profile = 'IHE.BasicAudit.PrivacyDisclosure.Source';
      return { profile: succeeded ? profile : null, type: dicom('110106', 'Export'), subtype: disclosed };
    }
    case 'break-glass':
      return { profile: null, type: ALERT, subtype: dicom('110127', 'Emergency Override Started') };
    case 'policy-change':
    case 'key-change':
      return { profile: null, type: ALERT, subtype: dicom('110129', 'Security Configuration') };
    case 'start':
      return { profile: null, type: APPLICATION, subtype: dicom('110120', 'Application Start') };
    case 'stop':
      return { profile: null, type: APPLICATION, subtype: dicom('110121', 'Application Stop') };
    case 'search':
    case 'export':
    case 'review':
      return { profile: null, type: dicom('110101', 'Audit Log Used'), subtype: coding(`${OURS}/kind`, kind) };
    default: {
      if (deed !== null) return { profile: null, type: REST, subtype: OPERATION };
      const profile = subject ? 'IHE.BasicAudit.PatientRead' : 'IHE.BasicAudit.Read';
      return { profile: succeeded ? profile : null, type: REST, subtype: READ };
    }
  }
}

/** BALP has patterns for what succeeded; FHIR asks for a security alert where access was denied. */
function refusal({ subject }: Logged): Pattern {
  const system = `${BALP}/CodeSystem/AuthZsubType`;
  const subtype = subject
    ? coding(system, 'AuthZ-Consent', 'Authorization Decision using Roles and Consent')
    : coding(system, 'AuthZ-Role', 'Authorization Decision using only Roles');
  return { profile: null, type: ALERT, subtype };
}

function clientOf({ actor, network }: Logged): Json {
  return {
    type: concept(dicom('110152', 'Destination Role ID')),
    who: actor?.client ? { identifier: { value: actor.client } } : { display: actor ? 'unknown' : 'Throughgate' },
    requestor: !actor?.subject,
    network: network === null ? UNKNOWN : { address: network, type: '2' },
  };
}

function serverOf({ node }: Logged, who: Json): Json {
  return {
    type: concept(dicom('110153', 'Source Role ID')),
    who,
    requestor: false,
    network: node === null ? UNKNOWN : { address: node, type: '1' },
  };
}

/** BALP wants a network where ours does not know one, as in entries from before it was kept. */
const UNKNOWN = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};

function userOf({ actor, policy, agreements, purpose, breakGlass, kind, recipient }: Logged): Json {
  if (!actor?.subject) return undefined;
  return {
    type: concept(recipient === null ? RECEIVING : coding(PARTICIPATION, 'AUT', 'author (originator)')),
    role: [actor.role && concept(coding(`${OURS}/role`, actor.role))],
    who: { identifier: { system: actor.issuer, value: actor.subject } },
    altId: actor.practitioner,
    name: actor.name,
    requestor: true,
    policy: [
      actor.tokenId && `urn:ietf:params:oauth:jti:${encodeURIComponent(actor.tokenId)}`,
      policy && `${OURS}/policy/${encodeURIComponent(policy)}`,
      ...agreements.map((reference) => `${OURS}/agreement/${encodeURIComponent(reference)}`),
    ],
    purposeOfUse: purposesOf({ purpose, breakGlass, kind }),
  };
}

/** Another partner that was told. */
function recipientOf({ recipient }: Logged): Json {
  return (
    recipient && {
      type: concept(RECEIVING),
      who: { type: 'Organization', identifier: { system: `${OURS}/partner`, value: recipient.partner } },
      requestor: false,
    }
  );
}

/** BALP's code for it, whatever kind of body it is. */
function organisationOf({ actor }: Logged): Json {
  return (
    actor?.partner && {
      type: concept(coding(`${TERMINOLOGY}/v3-RoleClass`, 'PROV', 'healthcare provider')),
      who: { type: 'Organization', identifier: { system: `${OURS}/partner`, value: actor.partner } },
      requestor: false,
    }
  );
}

function purposesOf({ purpose, breakGlass, kind }: Pick<Logged, 'purpose' | 'breakGlass' | 'kind'>): Json[] {
  const glass = breakGlass !== null || kind === 'break-glass';
  return [
    purpose && concept(coding(`${OURS}/purpose`, purpose)),
    glass && concept(coding(`${TERMINOLOGY}/v3-ActReason`, 'BTG', 'break the glass')),
  ].filter((one) => one !== false);
}

function transactionOf({ requestId, trace }: Logged): Json {
  return (
    requestId && {
      what: { identifier: { value: requestId } },
      type: coding(`${BALP}/CodeSystem/BasicAuditEntityType`, 'XrequestId'),
      detail: details({ trace }),
    }
  );
}

function patientOf({ subject }: Logged): Json {
  return (
    subject && {
      what: {
        type: 'Patient',
        identifier: { system: `${OURS}/pseudonym/${subject.epoch}`, value: subject.ref },
      },
      type: coding(`${TERMINOLOGY}/audit-entity-type`, '1', 'Person'),
      role: coding(`${TERMINOLOGY}/object-role`, '1', 'Patient'),
    }
  );
}

/** What was looked at or done: the entry itself, with all of it that has no place of its own in FHIR. */
function dataOf(entry: Logged, index: number): Json {
  return {
    what: { identifier: { system: `${OURS}/entry`, value: entry.id } },
    type: coding(`${TERMINOLOGY}/audit-entity-type`, '2', 'System Object'),
    role: coding(`${TERMINOLOGY}/object-role`, '4', 'Domain Resource'),
    securityLabel: entry.classes.map((name) => coding(`${OURS}/data-class`, name)),
    detail: details({
      index,
      v: entry.v,
      kind: entry.kind,
      processing: entry.processing,
      outcome: entry.outcome,
      status: entry.status,
      reason: [...entry.reasons.map(({ gate, outcome, code, ref }) => words(gate, outcome, code, ref)), entry.reason],
      policy: actorless(entry) ? entry.policy : null,
      operation: entry.operation?.name,
      operationHash: entry.operation?.hash,
      relationship: entry.relationship && words(...Object.values(entry.relationship)),
      basis: entry.basis,
      source: entry.sources,
      section: entry.sections.map(({ holder, section, status, asked }) =>
        words(holder, section, status, asked ? 'asked' : 'not-asked'),
      ),
      released: entry.released,
      withheld: entry.withheld.map(({ holder, field, reason, told }) => words(holder, field, reason.code, told)),
      subjects: entry.counts?.subjects,
      shown: entry.counts?.shown,
      considered: entry.counts?.considered,
      deed: entry.deed && words(entry.deed.field, entry.deed.code, entry.deed.reference),
      recipient: entry.recipient && words(entry.recipient.partner, entry.recipient.reference),
      thirdParty: entry.thirdParties.map(({ ref, epoch }) => words(String(epoch), ref)),
      breakGlass: entry.breakGlass,
      until: entry.until,
      field: entry.field,
      from: entry.from,
      to: entry.to,
      found: entry.found,
      format: entry.format,
      entries: entry.entries,
      entry: entry.entry,
      reference: entry.reference,
      what: entry.what,
    }),
  };
}

function actorless({ actor }: Logged): boolean {
  return !actor?.subject;
}

function details(values: { readonly [type: string]: Json }): Json[] {
  return Object.entries(values).flatMap(([type, value]) =>
    [value]
      .flat()
      .filter((one) => one !== null && one !== undefined && one !== '')
      .map((one) => ({ type, valueString: String(one) })),
  );
}

function words(...parts: readonly (string | null)[]): string {
  return parts.map((part) => part ?? '-').join(' ');
}

function dicom(code: string, display: string): Json {
  return coding(DICOM, code, display);
}

function coding(system: string, code: string, display?: string): Json {
  return { system, code, display };
}

function concept(code: Json): Json {
  return { coding: [code] };
}

/** Without what is empty: FHIR has no null, no empty text, list or object. */
function filled(value: Json): Json {
  if (value === null || value === '') return undefined;
  if (Array.isArray(value)) {
    const items = value.map(filled).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== 'object') return value;
  const members = Object.entries(value).flatMap(([key, item]) => {
    const kept = filled(item as Json);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
