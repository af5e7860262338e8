import { didYouMean } from './problem.ts';

/** The names that policy knows, and a fact may use. A fact with another would be kept, and never count. */
export interface FactNames {
  readonly partner: ReadonlySet<string>;
  readonly 'partner type': ReadonlySet<string>;
  readonly 'identifier type': ReadonlySet<string>;
  readonly relationship: ReadonlySet<string>;
  /** Type of permission to what a record of it must name. */
  readonly permission: ReadonlyMap<string, readonly ('holder' | 'recipient')[]>;
  readonly class: ReadonlySet<string>;
  /** Classes that no objection closes. */
  readonly protective: ReadonlySet<string>;
}

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with the names in a record that is otherwise right. Names of policy are told; people's are not. */
export function nameProblems(record: Fields, names: FactNames): string[] {
  const problems: string[] = [];
  const known = (field: string, kind: Exclude<keyof FactNames, 'protective'>, value: unknown) => {
    if (typeof value !== 'string' || names[kind].has(value)) return;
    problems.push(`${field}: there is no ${kind} ${value}${didYouMean(value, names[kind].keys())}`);
  };
  const { holder, type, recipientType } = record;
  known('partner', 'partner', record['partner']);
  known('owner', 'partner', record['owner']);
  known('holder', 'partner', holder);
  known('recipientType', 'partner type', recipientType);
  switch (record['kind']) {
    case 'link':
      known('type', 'identifier type', type);
      break;
    case 'relationship':
      known('type', 'relationship', type);
      break;
    case 'permission': {
      known('type', 'permission', type);
      const must = names.permission.get(String(type)) ?? [];
      if (must.includes('holder') && holder === null) problems.push(`holder: ${type} counts at one holder, name it`);
      if (must.includes('recipient') && recipientType === null)
        problems.push(`recipientType: ${type} counts for one kind of recipient, name it`);
      break;
    }
    case 'objection':
      known('dataClass', 'class', record['dataClass']);
      if (names.protective.has(String(record['dataClass'])))
        problems.push(`dataClass: ${record['dataClass']} protects somebody, and no objection closes it`);
      break;
    case 'restriction':
      for (const field of ['accounts', 'desks', 'unresolved']) {
        const list = Array.isArray(record[field]) ? (record[field] as unknown[]) : [];
        for (const partner of new Set(list.map((each) => String(each).split('/')[0] ?? '')))
          known(field, 'partner', partner);
      }
  }
  return problems;
}
