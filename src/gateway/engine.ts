import type { LogReader } from '../audit/log-reader.ts';
import type { Pseudonyms } from '../audit/pseudonym.ts';
import type { Approval } from '../policy/approvals.ts';
import type { View } from '../policy/view.ts';
import type { Checks } from '../record/checks.ts';
import type { Events } from '../record/events.ts';
import type { LogExports } from '../record/exports.ts';
import type { Figures } from '../record/figures.ts';
import type { FlagCases, FlagDigest } from '../record/flags.ts';
import type { GapAcknowledgements } from '../record/gaps.ts';
import type { FreeTexts, Governance } from '../record/governance.ts';
import type { Held } from '../record/held.ts';
import type { Interests } from '../record/interests.ts';
import type { LogHolds } from '../record/log-holds.ts';
import type { LogPeople } from '../record/log-people.ts';
import type { Notices } from '../record/notices.ts';
import type { Principal } from '../record/principal.ts';
import type { Referrals } from '../record/referrals.ts';
import type { RestrictionHealth } from '../record/restriction-health.ts';
import type { SavedSearches } from '../record/saved-searches.ts';
import type { Standings } from '../record/standings.ts';
import type { SubjectRequests } from '../record/subject-requests.ts';
import type { Subjects } from '../record/subjects.ts';
import type { NameRequests, Tellings } from '../record/telling.ts';
import type { Holder } from '../sources/holder.ts';
import type { Cursors } from './cursor.ts';
import type { ExportRuns } from './exports/runs.ts';
import type { GapRules } from './gaps/view-rules.ts';
import type { Proposal } from './oversight/proposed.ts';
import type { PolicyInForce } from './policy.ts';
import type { Preferences } from './prefer.ts';
import type { LogProof } from './proof/proof.ts';
import type { Schemas } from './schema.ts';

/** What execution needs that outlives a request. One is pinned when a request comes in, and serves it to its end. */
export interface Engine {
  readonly policy: PolicyInForce;
  readonly schemas: Schemas;
  readonly subjects: Subjects;
  readonly governance: Governance;
  readonly events: Events;
  /** On whose behalf the gateway may do something by itself. */
  readonly standings: Standings;
  readonly texts: FreeTexts;
  readonly checks: Checks;
  readonly referrals: Referrals;
  readonly gapAcknowledgements: GapAcknowledgements;
  readonly gapRules: GapRules;
  readonly subjectRequests: SubjectRequests;
  readonly restrictionHealth: RestrictionHealth;
  /** The policy that is proposed in the place of the one in force; null where none is. */
  proposal(): Promise<Proposal | null>;
  /** Null where the gateway has no login that may read the log. */
  readonly logReader: LogReader | null;
  readonly logPeople: LogPeople;
  readonly held: Held;
  readonly flagDigest: FlagDigest;
  readonly flagCases: FlagCases;
  readonly figures: Figures;
  /** What governance approved, as the list of approvals says now; empty where it cannot be read. */
  approvals(): Promise<readonly Approval[]>;
  readonly holders: ReadonlyMap<string, Holder>;
  readonly tellings: Tellings;
  readonly nameRequests: NameRequests;
  readonly logExports: LogExports;
  /** Where exports go on when the answer that began them has left. */
  readonly exportRuns: ExportRuns;
  readonly savedSearches: SavedSearches;
  readonly logHolds: LogHolds;
  readonly notices: Notices;
  readonly interests: Interests;
  readonly proof: LogProof;
  readonly reports: {
    /** A subject report, signed with the key of the log. @throws NoteError for any other text */
    sign(report: string): string;
    /** What is said of an export, signed with the same. @throws NoteError for any other text */
    signExport(text: string): string;
    /** The newest signed checkpoint; null before there is one. */
    checkpoint(): string | null;
  };
  /** Source type to the field by which its holders know people. */
  readonly keyField: ReadonlyMap<string, string>;
  readonly cursors: Cursors;
}

/** A request whose caller, role and purpose are established. */
export interface Accepted {
  readonly requestId: string;
  readonly principal: Principal;
  readonly view: View;
  readonly now: Date;
  readonly prefer: Preferences;
  /** For counting whom somebody asked about without keeping whom. */
  readonly pseudonyms: Pseudonyms;
  readonly signal: AbortSignal;
}
