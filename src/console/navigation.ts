const NAVIGATION: readonly (readonly [path: string, text: string])[] = [
  ['/today', 'Today'],
  ['/person', 'Person'],
  ['/practitioner', 'Practitioner'],
  ['/log', 'Access log'],
  ['/flags', 'Flags'],
  ['/incident', 'Incident'],
  ['/break-glass', 'Break-glass'],
  ['/correction', 'Correction'],
  ['/policy', 'Agreements and policy'],
  ['/proof', 'Believe it'],
];

/** The items of the primary navigation, with the one that the path belongs to marked. */
export function navigation(path: string) {
  return NAVIGATION.map(([at, text]) => ({
    text,
    href: `/console${at}`,
    active: path === at || path.startsWith(`${at}/`),
  }));
}
