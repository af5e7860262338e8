import type { Page } from '../../page.ts';
import { EXPORT_PAGES } from './exports.ts';
import { HOLD_PAGES } from './holds.ts';
import { SAMPLE_PAGES } from './sample.ts';
import { SAVED_PAGES } from './saved.ts';
import { SEARCH_PAGES } from './search.ts';

/** The log as it stands: searched, kept as a search, taken out, drawn from, held. */
export const LOG_PAGES: readonly Page[] = [
  ...SEARCH_PAGES,
  ...SAVED_PAGES,
  ...EXPORT_PAGES,
  ...SAMPLE_PAGES,
  ...HOLD_PAGES,
];
