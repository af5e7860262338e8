/** Where each source's section names the one who answers for the person there. */
export const CONTACTS: ReadonlyMap<string, { readonly section: string; readonly field: string }> = new Map([
  ['prison', { section: 'custody', field: 'offenderManager' }],
  ['probation', { section: 'supervision', field: 'practitioner' }],
  ['police', { section: 'policing', field: 'publicProtectionUnit' }],
  ['childrens', { section: 'childrens', field: 'socialWorker' }],
  ['benefits', { section: 'employment', field: 'workCoach' }],
  ['treatment', { section: 'treatment', field: 'keyworker' }],
  ['housing', { section: 'accommodation', field: 'housingOfficer' }],
]);
