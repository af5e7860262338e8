import type { Page } from './page.ts';
import { BREAK_GLASS_PAGES } from './pages/break-glass/page.ts';
import { CORRECTION_PAGES } from './pages/correction/page.ts';
import { ENTRY_PAGES } from './pages/entry/page.ts';
import { FLAGS_PAGES } from './pages/flags/page.ts';
import { INCIDENT_PAGES } from './pages/incident/page.ts';
import { INTERESTS_PAGES } from './pages/interests/page.ts';
import { LOG_PAGES } from './pages/log/page.ts';
import { PERSON_PAGES } from './pages/person/page.ts';
import { POLICY_PAGES } from './pages/policy/page.ts';
import { PRACTITIONER_PAGES } from './pages/practitioner/page.ts';
import { PROOF_PAGES } from './pages/proof/page.ts';
import { REQUEST_PAGES } from './pages/requests/page.ts';
import { TODAY_PAGES } from './pages/today/page.ts';

/** Every page of the console. */
export const PAGES: readonly Page[] = [
  ...PERSON_PAGES,
  ...PRACTITIONER_PAGES,
  ...FLAGS_PAGES,
  ...ENTRY_PAGES,
  ...PROOF_PAGES,
  ...LOG_PAGES,
  ...POLICY_PAGES,
  ...BREAK_GLASS_PAGES,
  ...CORRECTION_PAGES,
  ...INCIDENT_PAGES,
  ...INTERESTS_PAGES,
  ...REQUEST_PAGES,
  ...TODAY_PAGES,
];
