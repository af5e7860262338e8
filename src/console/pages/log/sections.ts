import type { Officer } from '../../page.ts';

/** The pages about the log beside each other, as the MoJ sub-navigation takes them. */
export function sectionsOf({ isLead }: Officer, current: string): readonly object[] {
  return [
    { text: 'Search', href: '/console/log' },
    { text: 'Saved searches', href: '/console/log/saved' },
    { text: 'Exports', href: '/console/log/exports' },
    { text: 'Random sample', href: '/console/log/sample' },
    ...(isLead ? [{ text: 'Legal holds', href: '/console/log/holds' }] : []),
    { text: 'Replay under a proposed policy', href: '/console/policy/replay' },
  ].map((item) => ({ ...item, active: item.href === current }));
}
