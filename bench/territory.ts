import { HOLDERS } from '../src/demo/population/holders.ts';
import type { Territory } from '../src/policy/view.ts';
import type { RecordModel } from '../src/record/model.ts';

/** The schema's sections and the demonstration's holders. */
export function demonstrationTerritory(record: RecordModel): Territory {
  return {
    sections: record.sources.flatMap(({ keyField, sections }) => sections.map((section) => ({ ...section, keyField }))),
    holders: HOLDERS.map(({ code, source }) => ({ code, source })),
  };
}
