import type { Fact } from '../record/fact-file.ts';

/** Where facts of a kind are kept. */
export interface FactTable {
  readonly table: string;
  /** The record's fields that say which fact it is. A later record with the same ones replaces it. */
  readonly key: readonly string[];
  /** Takes a JSON list of records, no two of the same key. */
  readonly upsert: string;
}

const ACTING = factTable(
  'record.team_member',
  ['partner', 'practitioner', 'team', 'from'],
  { partner: 'partner', practitioner: 'practitioner', team: 'team', valid_from: '"from"' },
  { valid_until: 'until' },
);

export const FACT_TABLES: Readonly<Record<Fact['kind'], FactTable>> = {
  link: factTable(
    'record.link',
    ['type', 'value', 'holder', 'person'],
    { type: 'type', value: 'value', holder: 'holder', person: 'person' },
    { confidence: 'confidence', current: 'current' },
  ),
  relationship: factTable(
    'record.relationship',
    ['person', 'partner', 'type', 'practitioner', 'team', 'from'],
    {
      person: 'person',
      partner: 'partner',
      type: 'type',
      held_by: 'coalesce(practitioner, team)',
      held_by_team: 'team is not null',
      valid_from: '"from"',
    },
    { valid_until: 'until', asserted_by: '"assertedBy"', evidence: 'evidence' },
  ),
  'team-member': ACTING,
  duty: { ...ACTING, table: 'record.duty', upsert: ACTING.upsert.replaceAll('record.team_member', 'record.duty') },
  manager: {
    ...ACTING,
    table: 'record.manager',
    upsert: ACTING.upsert.replaceAll('record.team_member', 'record.manager'),
  },
  cover: factTable(
    'record.cover',
    ['partner', 'reference'],
    { partner: 'partner', reference: 'reference' },
    {
      practitioner: 'practitioner',
      covered_by: '"coveredBy"',
      recorded_by: '"recordedBy"',
      valid_from: '"from"',
      valid_until: 'until',
      active: 'true',
    },
  ),
  permission: factTable(
    'record.permission',
    ['person', 'type', 'holder', 'recipientType', 'from'],
    {
      person: 'person',
      type: 'type',
      holder: `coalesce(holder, '*')`,
      recipient_type: `coalesce("recipientType", '*')`,
      valid_from: '"from"',
    },
    { valid_until: 'until' },
  ),
  objection: factTable(
    'record.objection',
    ['person', 'holder', 'recipientType', 'dataClass', 'from'],
    {
      person: 'person',
      holder: `coalesce(holder, '*')`,
      recipient_type: `coalesce("recipientType", '*')`,
      data_class: '"dataClass"',
      valid_from: '"from"',
    },
    { valid_until: 'until', decided_by: '"decidedBy"' },
  ),
  interest: factTable(
    'record.interest',
    ['person', 'partner', 'practitioner', 'type', 'from'],
    {
      person: 'person',
      partner: 'partner',
      practitioner: 'practitioner',
      type: 'type',
      valid_from: '"from"',
      // What was declared is a record of its own: no file ends it.
      source: `'file'`,
    },
    { valid_until: 'until' },
  ),
  restriction: factTable(
    'record.restriction',
    ['person', 'type', 'owner', 'from'],
    { person: 'person', type: 'type', owner: 'owner', valid_from: '"from"' },
    {
      valid_until: 'until',
      accounts: 'accounts',
      desks: `coalesce(desks, '{}')`,
      unresolved: `coalesce(unresolved, '{}')`,
      // One whose owner gave none: the same in every import, and it tells nothing of the person.
      reference: `coalesce(reference, 'R-' || left(encode(sha256(
        convert_to(concat_ws('|', person, type, owner, "from"), 'UTF8')), 'hex'), 16))`,
    },
  ),
};

/** Columns of the key and of the content, each with the expression that draws it from a record. */
function factTable(
  table: string,
  key: readonly string[],
  keyColumns: Readonly<Record<string, string>>,
  content: Readonly<Record<string, string>>,
): FactTable {
  const columns = { ...keyColumns, ...content };
  const names = Object.keys(content);
  const upsert = `
    insert into ${table} as kept (${Object.keys(columns).join(', ')})
    select ${Object.values(columns).join(', ')}
    from json_to_recordset($1) as fact (
      person uuid, holder text, type text, value text, confidence double precision, current boolean,
      partner text, practitioner text, team text, "assertedBy" text, evidence text,
      "recipientType" text, "dataClass" text, "decidedBy" text, owner text, accounts text[], desks text[],
      unresolved text[], "coveredBy" text, "recordedBy" text, reference text, "from" date, until date
    )
    on conflict (${Object.keys(keyColumns).join(', ')})
    do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
    where (${names.map((name) => `kept.${name}`).join(', ')})
      is distinct from (${names.map((name) => `excluded.${name}`).join(', ')})`;
  return { table, key, upsert };
}
