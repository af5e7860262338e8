import { contactOf, holdersOf, type Verdict, type Withheld, withheldOf } from './policy.ts';
import { type Field, SECTIONS, type Section } from './record.ts';
import type { Subject } from './subject.ts';

/** `person` as it should be answered when `EVERYTHING` is selected, but for `id` and the `asOf` of the rows. */
export function expectedPerson(subject: Subject, verdict: Verdict, now: Date): Record<string, unknown> {
  const identifiers = [...verdict.identifiers].flatMap(([holder, types]) => {
    const number = subject.numberAt(holder);
    return number && types.includes(number.type) ? [number] : [];
  });
  return {
    identifiers: identifiers.length > 0 ? identifiers.sort((a, b) => (a.type < b.type ? -1 : 1)) : null,
    sections: SECTIONS.flatMap((section) => rowsOf(section, subject, verdict)),
    ...Object.fromEntries(SECTIONS.map((section) => [section.name, shownOf(section, subject, verdict, now)])),
  };
}

/** What each holder should be asked for about the person when `EVERYTHING` is selected: `section.field.field`. */
export function expectedWire(subject: Subject, verdict: Verdict): Map<string, string[]> {
  const wire = new Map<string, string[]>();
  for (const section of SECTIONS) {
    for (const [holder, visible] of verdict.sections.get(section.name)?.visible ?? []) {
      if (subject.numberAt(holder) === null) continue;
      const paths = pathsOf(section.fields, visible, section.name);
      wire.set(holder, [...(wire.get(holder) ?? []), `${section.name}.asOf`, ...paths].sort());
    }
  }
  return wire;
}

/** `extensions.withheld` as it should be, one line a coordinate. */
export function expectedWithheld(verdict: Verdict, partner: string): (Withheld & { contact: unknown })[] {
  return SECTIONS.flatMap((section) =>
    withheldOf(section, verdict.sections.get(section.name)).map((line) => ({
      ...line,
      contact: contactOf(partner, section.source),
    })),
  );
}

/** A section of somebody whom every holder knows well: nobody is asked who shows nothing, and a hidden one says nothing. */
function rowsOf({ name, source, fields }: Section, subject: Subject, verdict: Verdict): object[] {
  const section = verdict.sections.get(name);
  const row = { section: name, holder: null, status: '', reason: null, match: null };
  if (!section) return [];
  const shown = [...section.visible.keys()].map((holder) => ({
    ...row,
    holder,
    status: subject.holders[holder] === 'STALE' ? 'STALE' : 'AVAILABLE',
    match: 1,
  }));
  if (section.existence === 'hidden') return shown.length > 0 ? shown : [{ ...row, status: 'NOT_AVAILABLE' }];
  if (shown.length === 0) {
    return [{ ...row, status: 'WITHHELD', reason: section.reason(fields[0]?.coordinate ?? '', null) }];
  }
  return shown.length < holdersOf(source).length ? [...shown, { ...row, status: 'NOT_LINKED' }] : shown;
}

function shownOf(section: Section, subject: Subject, verdict: Verdict, now: Date): unknown {
  const items = [...(verdict.sections.get(section.name)?.visible ?? [])].flatMap(([holder, visible]) => {
    const held = subject.numberAt(holder) && subject.held(holder, section.name, now);
    if (!held) return [];
    const shown = cut(section.fields, visible, held);
    return section.many ? { holder, ...(shown as object) } : shown;
  });
  if (section.many) return items.length > 0 ? items : null;
  return items[0] ?? null;
}

/** What the holder holds, with null for whatever may not be seen. */
function cut(fields: readonly Field[], visible: ReadonlySet<string>, held: unknown): unknown {
  if (held === null) return null;
  if (Array.isArray(held)) return held.map((item) => cut(fields, visible, item));
  const values = held as Record<string, unknown>;
  return Object.fromEntries(
    fields.map(({ name, coordinate, below }) => {
      if (!visible.has(coordinate)) return [name, null];
      return [name, below.length > 0 ? cut(below, visible, values[name]) : values[name]];
    }),
  );
}

function pathsOf(fields: readonly Field[], visible: ReadonlySet<string>, at: string): string[] {
  return fields.flatMap(({ name, coordinate, below }) => {
    if (!visible.has(coordinate)) return [];
    return below.length > 0 ? pathsOf(below, visible, `${at}.${name}`) : [`${at}.${name}`];
  });
}
