import { FLAG_FIGURES, type FlagRule } from '../practice.ts';
import { type Check, checkKnown } from './names.ts';

/** That every sentence tells all the figures of its rule and no others, and that roles and relationships are known. */
export function checkFlags(check: Check): void {
  const { flags: file } = check.files;
  if (file === null) return;
  const { explains, hours, feeds, rules } = file.content;
  for (const type of Object.keys(explains)) checkKnown(check, 'relationship', file, ['explains', type], type, 'key');
  for (const [role, { from, to }] of Object.entries(hours)) {
    checkKnown(check, 'role', file, ['hours', role], role, 'key');
    if (to <= from) check.report(file.problemAt(['hours', role], `it ends at ${to}, before it begins`));
  }
  for (const [role, type] of Object.entries(feeds)) {
    checkKnown(check, 'role', file, ['feeds', role], role, 'key');
    checkKnown(check, 'relationship', file, ['feeds', role], type);
  }
  for (const [rule, { sentence }] of Object.entries(rules)) {
    const tell = (message: string) => check.report(file.problemAt(['rules', rule, 'sentence'], message));
    const figures: readonly string[] = FLAG_FIGURES[rule as FlagRule];
    const told = [...sentence.matchAll(/\{([^{}]*)\}/g)].map(([, figure = '']) => figure);
    for (const figure of figures) if (!told.includes(figure)) tell(`it leaves {${figure}} out`);
    for (const figure of told) {
      if (!figures.includes(figure)) tell(`{${figure}} is not one of ${figures.map((each) => `{${each}}`).join(', ')}`);
    }
  }
}
