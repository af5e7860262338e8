import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEMO_PARTNERS, PERSONAS } from '../../../src/demo/personas.ts';

const POLICIES = new URL('../../../policies/', import.meta.url);
const read = (path: string) => parse(readFileSync(new URL(path, POLICIES), 'utf8'));

it('the partners of the demonstration are those of policies/partners.yaml', () => {
  const { partners } = read('partners.yaml') as {
    partners: Record<string, { name: string; type: string; holds?: string }>;
  };
  const fromPolicies = Object.entries(partners).map(([code, { name, type, holds }]) => [
    code,
    name,
    type,
    holds ?? null,
  ]);
  expect(DEMO_PARTNERS.map(({ code, name, type, source }) => [code, name, type, source])).toEqual(fromPolicies);
});

it('the personas are the roles of policies/roles/, with their titles and kinds of partner', () => {
  const roles = readdirSync(new URL('roles/', POLICIES)).map((file) => {
    const { role = file.replace(/\.yaml$/, ''), title, partnerTypes } = read(`roles/${file}`);
    return { role, title, partnerTypes: [...partnerTypes].sort() };
  });
  const byRole = (a: { role: string }, b: { role: string }) => (a.role < b.role ? -1 : 1);
  const personas = PERSONAS.map(({ role, title, partnerTypes }) => ({
    role,
    title,
    partnerTypes: [...partnerTypes].sort(),
  }));
  expect(personas.sort(byRole)).toEqual(roles.sort(byRole));
});
