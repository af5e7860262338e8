import { readRecord } from '../../src/gateway/read-record.ts';
import { loadCases } from '../../src/policy/cases/load.ts';
import { loadBundle } from '../../src/policy/load/load.ts';
import { territoryOf } from '../../src/policy/territory.ts';

/** The policies of the repository, and the worked cases beside them. */
const record = await readRecord('schema');
export const bundle = await loadBundle('policies', record);
export const territory = territoryOf({ bundle, record });
export const cases = await loadCases('policies', bundle, territory);
