import { createHash } from 'node:crypto';
import type { RecordModel } from '../../record/model.ts';
import type {
  Agreement,
  Bundle,
  DataClass,
  LogUsePolicy,
  PermissionPolicy,
  Purpose,
  RelationshipPolicy,
  Role,
  RoleView,
} from '../bundle.ts';

/**
 * SHA-256, hex, over what was compiled and the schema it was compiled for. Order, comments, layout and the words that
 * explain leave it as it is; anything that changes an answer changes it.
 */
export function hashOf(compiled: Omit<Bundle, 'hash'>, { publicSdl, sources }: RecordModel): string {
  const { legalGateways: _, ...rest } = compiled;
  const policy = {
    ...rest,
    classes: each(compiled.classes, ({ description: _, ...dataClass }: DataClass) => dataClass),
    purposes: each(compiled.purposes, ({ label: _, ...purpose }: Purpose) => purpose),
    relationships: each(compiled.relationships, ({ label: _, ...relationship }: RelationshipPolicy) => relationship),
    permissions: each(compiled.permissions, ({ label: _, ...permission }: PermissionPolicy) => permission),
    logUses: each(compiled.logUses, ({ label: _, explanation: __, law: ___, ...use }: LogUsePolicy) => use),
    agreements: compiled.agreements.map(({ necessity: _, ...agreement }: Agreement) => agreement),
    roles: each(compiled.roles, ({ title: _, owner: __, purposes, ...role }: Role) => ({
      ...role,
      purposes: each(purposes, ({ sections, ...view }: RoleView) => ({
        ...view,
        sections: each(sections, ({ why: _, ...section }) => section),
      })),
    })),
  };
  const schema = sources.map(({ name, keyField, sections }) => ({
    name,
    keyField,
    sections: sections.map(({ field }) => field),
  }));
  return createHash('sha256')
    .update(canonical({ policy, publicSdl, sources: schema }))
    .digest('hex');
}

function each<T, U>(map: ReadonlyMap<string, T>, change: (value: T) => U): Map<string, U> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

/** JSON with sorted keys. Every list of a bundle is a set or is sorted already, so lists are sorted as well. */
function canonical(value: unknown): string {
  if (value instanceof RegExp) return JSON.stringify(value.source);
  if (value instanceof Set) return canonical([...value]);
  if (value instanceof Map) return canonical(Object.fromEntries(value));
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join()}}`;
}
