import { isDay } from '../../record/day.ts';
import { didYouMean, type Problem } from '../../record/problem.ts';
import type { Bundle } from '../bundle.ts';
import type { Path, Yaml } from '../load/yaml.ts';
import type { Territory } from '../view.ts';
import {
  type Case,
  type CaseFile,
  isList,
  type MessageCase,
  type Person,
  type RecordCase,
  type Sees,
  usually,
} from './case.ts';

/** What the shape of a file of cases cannot say: that its names are known, and its days in order. */
export function checkCases(bundle: Bundle, territory: Territory, file: Yaml<CaseFile>, problems: Problem[]): void {
  const names = checker(bundle, territory, file, problems);
  const { name, content } = names.file;
  const { role, may, cases } = content;
  if (!name.endsWith(`/${role}.yaml`)) names.tell(['role'], `${role} belongs in cases/${role}.yaml`);
  names.check('role', ['role'], role);
  names.checkAll('partner type', ['may', 'partnerTypes'], may.partnerTypes);
  names.checkAll('identifier type', ['may', 'lookups'], may.lookups);
  names.checkAll('purpose', ['may', 'purposes'], may.purposes);
  const titles = new Set<string>();
  for (const [index, each] of cases.entries()) {
    const path = ['cases', index];
    if (titles.has(each.case)) names.tell([...path, 'case'], 'another case of this file has the same name');
    titles.add(each.case);
    checkCase(names, path, each);
  }
}

type Kind = keyof ReturnType<typeof namesOf>;

function namesOf(bundle: Bundle, { sections, holders }: Territory) {
  return {
    role: [...bundle.roles.keys()],
    purpose: [...bundle.purposes.keys()],
    partner: [...bundle.partners.keys()],
    'partner type': [...bundle.partners.values()].map(({ type }) => type),
    'identifier type': [...bundle.identifiers.keys()],
    relationship: [...bundle.relationships.keys()],
    permission: [...bundle.permissions.keys()],
    class: [...bundle.classes.keys()],
    section: sections.map(({ field }) => field),
    holder: holders.map(({ code }) => code),
    'message field': [...bundle.messages.keys()],
  };
}

/** The names that a file may use, and where to tell of one that it may not. */
type Names = ReturnType<typeof checker>;

function checker(bundle: Bundle, territory: Territory, file: Yaml<CaseFile>, problems: Problem[]) {
  const known = namesOf(bundle, territory);
  const tell = (path: Path, message: string, on: 'value' | 'key' = 'value') => {
    problems.push(file.problemAt(path, message, on));
  };
  const check = (kind: Kind, path: Path, name: string | undefined, on: 'value' | 'key' = 'value') => {
    if (name === undefined || known[kind].includes(name)) return;
    tell(path, `unknown ${kind} ${name}${didYouMean(name, known[kind])}`, on);
  };
  return {
    bundle,
    territory,
    file,
    tell,
    check,
    checkAll(kind: Kind, path: Path, names: readonly string[] = []) {
      for (const [index, name] of names.entries()) check(kind, [...path, index], name);
    },
    checkDays(path: Path, { on, from, until }: Days) {
      for (const [key, day] of Object.entries({ on, from, until })) {
        if (day !== undefined && !isDay(day)) tell([...path, key], `${day} is not a day of the calendar`);
      }
      if (from !== undefined && until !== undefined && until < from) {
        tell([...path, 'until'], `it ends on ${until}, before it begins on ${from}`);
      }
    },
  };
}

interface Days {
  readonly on?: string;
  readonly from?: string;
  readonly until?: string;
}

function checkCase(names: Names, path: Path, each: Case): void {
  names.checkDays(path, each);
  if (each.person) checkPerson(names, [...path, 'person'], each.person);
  if (each.message) checkMessage(names, [...path, 'message'], each.message);
  else checkRecord(names, path, each);
}

function checkMessage(names: Names, path: Path, { from, to, purpose, fields }: MessageCase['message']): void {
  names.checkAll('partner', [...path, 'from'], from);
  names.checkAll('partner', [...path, 'to'], to);
  names.check('purpose', [...path, 'purpose'], purpose);
  names.checkAll('message field', [...path, 'fields'], fields);
}

function checkRecord(names: Names, path: Path, each: RecordCase): void {
  const { purpose, at, sees, except, withheld, hidden, holdMilliseconds } = each;
  names.check('purpose', [...path, 'purpose'], purpose);
  names.checkAll('partner', [...path, 'at'], at);
  names.checkAll('section', [...path, 'withheld'], withheld);
  names.checkAll('section', [...path, 'hidden'], hidden);
  if (except) checkSees(names, [...path, 'except'], except);
  if (except && sees !== 'as usual') names.tell([...path, 'except'], 'except stands beside sees: as usual', 'key');
  if (sees === 'as usual') {
    if (usually(names.file.content, each).sees === 'nothing') {
      names.tell([...path, 'sees'], `the first case of ${purpose} must list what is seen as usual`);
    }
    if (hidden || holdMilliseconds !== undefined) {
      names.tell([...path, 'sees'], 'hidden and holdMilliseconds are as usual too, and are left out');
    }
  } else if (sees !== 'nothing') checkSees(names, [...path, 'sees'], sees);
}

function checkSees(names: Names, path: Path, sees: Sees): void {
  for (const [section, content] of Object.entries(sees)) {
    const here = [...path, section];
    const kind = section === 'identifiers' ? 'identifier type' : 'class';
    if (kind === 'class') names.check('section', here, section, 'key');
    const checkList = (list: readonly string[], at: Path) => {
      names.checkAll(kind, at, list);
      if (kind === 'class') checkClasses(names, at, section, list);
    };
    if (isList(content)) checkList(content, here);
    else {
      for (const [whose, list] of Object.entries(content)) {
        if (whose !== 'own' && whose !== 'others') names.check('holder', [...here, whose], whose, 'key');
        checkList(list, [...here, whose]);
      }
    }
  }
}

function checkClasses(
  { bundle, territory, tell }: Names,
  path: Path,
  section: string,
  classes: readonly string[],
): void {
  const coordinates = territory.sections.find(({ field }) => field === section)?.coordinates;
  for (const [index, name] of classes.entries()) {
    const fields = bundle.classes.get(name)?.fields;
    if (!coordinates || !fields || fields.some((field) => coordinates.includes(field))) continue;
    tell([...path, index], `${name} is not a class of section ${section}`);
  }
}

function checkPerson(names: Names, path: Path, person: Person): void {
  const {
    relationship,
    permissions = [],
    objections = [],
    restrictions = [],
    interest,
    breakGlass,
    notLinked,
  } = person;
  const at = [...path, 'relationship'];
  if (typeof relationship === 'string') names.check('relationship', at, relationship);
  else if (isList(relationship)) names.checkAll('relationship', at, relationship);
  else if (relationship) {
    names.check('relationship', [...at, 'type'], relationship.type);
    names.checkDays(at, relationship);
  }
  for (const [index, each] of permissions.entries()) {
    const here = [...path, 'permissions', index];
    names.check('permission', [...here, 'type'], each.type);
    checkAbout(names, here, each);
  }
  for (const [index, each] of objections.entries()) {
    const here = [...path, 'objections', index];
    names.check('class', [...here, 'class'], each.class);
    checkAbout(names, here, each);
  }
  for (const [index, each] of restrictions.entries()) {
    const here = [...path, 'restrictions', index];
    if (each.owner !== 'own') names.check('partner', [...here, 'owner'], each.owner);
    names.checkAll('partner', [...here, 'unresolved'], each.unresolved);
    names.checkDays(here, each);
  }
  if (typeof interest === 'object') names.checkDays([...path, 'interest'], interest);
  if (typeof breakGlass === 'object') {
    names.check('role', [...path, 'breakGlass', 'role'], breakGlass.role);
    names.check('purpose', [...path, 'breakGlass', 'purpose'], breakGlass.purpose);
  }
  names.checkAll('holder', [...path, 'notLinked'], notLinked);
}

function checkAbout(
  names: Names,
  path: Path,
  each: Days & { readonly holder?: string; readonly recipient?: string },
): void {
  names.check('partner', [...path, 'holder'], each.holder);
  names.check('partner type', [...path, 'recipient'], each.recipient);
  names.checkDays(path, each);
}
