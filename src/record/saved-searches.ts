/** How an officer asks the log again and again. Nobody is named in it. */
export interface SavedSearch {
  readonly id: string;
  readonly partner: string;
  readonly practitioner: string;
  readonly name: string;
  /** Up to now. */
  readonly days: number;
  readonly filter: SavedFilter;
}

/** What of `LogFilter` is about no person. */
export type SavedFilter = Readonly<
  Partial<Record<'partner' | 'kind' | 'outcome' | 'purpose' | 'agreement' | 'dataClass', string>>
>;

/** Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached. */
export interface SavedSearches {
  /** By name. */
  ofOfficer(partner: string, practitioner: string): Promise<SavedSearch[]>;
  /** In the place of the officer's own of the same name. */
  save(search: SavedSearch): Promise<void>;
  remove(partner: string, practitioner: string, id: string): Promise<void>;
}
