/** What one holder said of a section. */
export interface Holding<T> {
  readonly holder: string;
  readonly value: T;
}

/**
 * The fields that rules read, by section. Values fit the schema: the loaders let nothing else through. Of each, a rule
 * has those that its policy's inputs name.
 */
export interface Sections {
  readonly custody: {
    readonly releaseDate?: string | null;
    readonly sentenceType?: string | null;
    readonly sentenceStartDate?: string | null;
    readonly handoverDate?: string | null;
    readonly handoverMeeting?: {
      readonly on?: string | null;
      readonly personCame?: boolean | null;
      readonly prisonManagerCame?: boolean | null;
      readonly communityManagerCame?: boolean | null;
    } | null;
    readonly earlyRelease?: string | null;
    readonly identityDocuments?: readonly { readonly state?: string | null }[] | null;
    readonly bankAccount?: string | null;
  };
  readonly supervision: {
    readonly householdRecordedOn?: string | null;
    readonly firstAppointment?: { readonly at?: string | null } | null;
  };
  readonly policing: { readonly notificationRequirement?: boolean | null };
  readonly employment: { readonly claim?: string | null; readonly appointmentAt?: string | null };
  readonly health: {
    readonly gpRegistration?: string | null;
    readonly medication?: string | null;
    readonly medicationInHandDays?: number | null;
  };
  readonly treatment: {
    readonly referral?: string | null;
    readonly engaged?: boolean | null;
    readonly nextAppointmentAt?: string | null;
  };
  readonly accommodation: {
    readonly firstNightType?: string | null;
    readonly firstNightSettled?: boolean | null;
    readonly agreedToReferOn?: string | null;
    readonly dutyToRefer?: { readonly referredOn?: string | null } | null;
    readonly temporaryFrom?: string | null;
    readonly temporaryNightsUsed?: number | null;
  };
}
