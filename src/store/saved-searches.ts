import type { SavedFilter, SavedSearches } from '../record/saved-searches.ts';
import type { Database } from './client.ts';

/** Keeps searches of the log under names that officers gave them. */
export function createSavedSearches(db: Database): SavedSearches {
  return {
    async ofOfficer(partner, practitioner) {
      const found = await db.savedSearch.findMany({ where: { partner, practitioner }, orderBy: { name: 'asc' } });
      return found.map(({ filter, ...search }) => ({ ...search, filter: filter as SavedFilter }));
    },

    async save({ id, partner, practitioner, name, days, filter }) {
      await db.savedSearch.upsert({
        where: { partner_practitioner_name: { partner, practitioner, name } },
        create: { id, partner, practitioner, name, days, filter },
        update: { days, filter },
      });
    },

    async remove(partner, practitioner, id) {
      await db.savedSearch.deleteMany({ where: { id, partner, practitioner } });
    },
  };
}
