import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, HOUSING } from './callers.ts';
import { GOVERNANCE, PURPOSES, partnersOf, ROLES, verdictOf } from './oracle/policy.ts';
import { SECTIONS } from './oracle/record.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();

/** Root fields of the gateway's own work, and the types below them. */
const LOG_ENTRY = [
  'LogEntry',
  'LogReason',
  'LogRelationship',
  'LogSection',
  'LogWithheld',
  'LogDeed',
  'LogExplanation',
];
const CHECK = [
  'Check',
  'CheckRequest',
  'CheckDesk',
  'CheckQuestion',
  'CheckAddress',
  'CheckAdult',
  'CheckChild',
  'CheckAnswer',
  'CheckSearch',
  'CheckFinding',
  'CheckDecision',
  'CheckCountersignature',
  'CheckAcceptance',
];
const FLAG_CASE = ['FlagCase', 'Flag', 'FlagNote', 'FlagCaseStep'];
const PACK = ['ReferralPack', 'ReferralContact'];
const OWN_WORK: Readonly<Record<string, readonly string[]>> = {
  beginVisit: ['BeginVisitResult'],
  breakGlass: ['BreakGlassResult'],
  closeBreakGlassReview: ['CloseBreakGlassReviewResult'],
  acknowledgeWorkItem: ['AcknowledgeWorkItemResult'],
  recordCover: ['RecordCoverResult'],
  workItems: ['WorkItem', 'BreakGlassReview', 'BreakGlassShown'],
  needToKnow: ['NeedToKnow', 'NeedToKnowParty'],
  logEntries: ['LogPage', ...LOG_ENTRY],
  caseFile: ['CaseFile', 'CaseFileEntry', 'CaseFilePolicy', ...LOG_ENTRY],
  incident: ['Incident', 'IncidentPerson', 'IncidentPart', 'IncidentController'],
  correction: ['Correction', 'Misled', 'MisledField', 'Notice'],
  subjectReport: ['SubjectReport', 'SubjectReportRow'],
  tellings: ['Telling'],
  decideTelling: ['DecideTellingResult'],
  askForNames: ['AskForNamesResult'],
  agreeToNames: ['AgreeToNamesResult'],
  names: ['Names', 'NamedSubject', 'HeldIdentifier'],
  nameRequests: ['NameRequest'],
  incidents: ['KeptIncident', 'Notice'],
  keepIncident: ['KeepIncidentResult'],
  recordNotice: ['RecordNoticeResult'],
  closedBreakGlassReviews: ['ClosedBreakGlassReview'],
  declareInterest: ['DeclareInterestResult'],
  declaredInterests: ['DeclaredInterest'],
  confirmInterest: ['ConfirmInterestResult'],
  logEntry: ['LogEvidence', 'LogApproval', 'LogRule', 'LogInclusion', ...LOG_ENTRY],
  logStatus: ['LogStatus', 'LogWitness', 'Verification', 'OutsideVerification'],
  verification: ['Verification'],
  verifyLog: ['VerifyLogResult'],
  recordOutsideVerification: ['RecordOutsideVerificationResult'],
  flagCases: ['FlagCases', ...FLAG_CASE],
  flagCase: FLAG_CASE,
  assignFlagCase: ['FlagCaseResult'],
  noteFlagCase: ['FlagCaseResult'],
  closeFlagCase: ['FlagCaseResult'],
  logFigures: ['LogFigures', 'LogFigure'],
  policyReplay: ['PolicyReplay', 'ReplayChange', 'ReplayUnknown'],
  proposedPolicy: ['ProposedPolicy', 'PolicyChange'],
  policyApprovals: ['PolicyApproval'],
  restrictionHealth: ['RestrictionListHealth', 'RestrictionListContact'],
  subjectRequests: ['SubjectRequest'],
  openSubjectRequest: ['SubjectRequestResult'],
  extendSubjectRequest: ['SubjectRequestResult'],
  closeSubjectRequest: ['SubjectRequestResult'],
  logExports: ['LogExport'],
  logExportPart: ['LogExportPart'],
  savedSearches: ['SavedSearch'],
  logHolds: ['LogHold'],
  logSample: ['LogSample', ...LOG_ENTRY],
  recordExport: ['RecordExportResult'],
  startLogExport: ['StartLogExportResult', 'LogExport'],
  saveSearch: ['SavedSearchResult'],
  deleteSavedSearch: ['SavedSearchResult'],
  placeLogHold: ['LogHoldResult'],
  releaseLogHold: ['LogHoldResult'],
  acknowledgeGap: ['AcknowledgeGapResult'],
  changes: ['Changes', 'Change'],
  referralPack: ['ReferralPackConnection', 'ReferralPackEdge', ...PACK],
  sendReferralPack: ['ReferralPackResult', ...PACK],
  answerReferral: ['ReferralPackResult', ...PACK],
  check: CHECK,
  checks: ['CheckConnection', 'CheckEdge', ...CHECK],
  requestChecks: ['RequestChecksResult', 'RequestChecksPersonResult', 'ResponderChoice', 'NotAsked', ...CHECK],
  ...Object.fromEntries(
    [
      'acknowledgeRequest',
      'answerRequest',
      'considerCheck',
      'countersignCheck',
      'acceptIncomplete',
      'withdrawRequest',
      'recallAnswer',
      'resumeCheck',
    ].map((action) => [action, ['CheckResult', ...CHECK]]),
  ),
};

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

describe('SHARE-03 introspection', () => {
  // Those who look nobody up have the same empty view everywhere.
  const views = ROLES.flatMap((role) =>
    partnersOf(role)
      .slice(0, role.lookups.length > 0 ? 9 : 1)
      .flatMap((partner) =>
        PURPOSES.filter((purpose) => purpose in role.purposes).map((purpose) => ({
          role,
          persona: role.role,
          partner,
          purpose,
        })),
      ),
  );

  test.concurrent.each(views)(
    'SHARE-03 $persona at $partner for $purpose is shown what the view can hold, and no more',
    async ({ role, persona, partner, purpose }) => {
      const answer = await stack.ask(getIntrospectionQuery(), { persona, partner, purpose });
      const schema = buildClientSchema(answer.body.data as IntrospectionQuery);
      const shown = Object.values(schema.getTypeMap()).flatMap((type) =>
        isObjectType(type) && !type.name.startsWith('__')
          ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
          : [],
      );
      const verdict = verdictOf(role, partner, purpose, people.anchor, () => true);
      const expected = SECTIONS.flatMap((section) => {
        const visible = [...(verdict?.sections.get(section.name)?.visible.values() ?? [])].flatMap((coordinates) => [
          ...coordinates,
        ]);
        if (visible.length === 0) return [];
        return [`Person.${section.name}`, ...(section.many ? [`${section.type}.holder`] : []), ...visible];
      });
      const opened = role.actions.flatMap((action) => OWN_WORK[action] ?? []);
      const own = GOVERNANCE.filter((coordinate) => {
        const [type = '', field = ''] = coordinate.split('.');
        return ['Query', 'Mutation'].includes(type) ? role.actions.includes(field) : opened.includes(type);
      });
      const envelope =
        /^(Query\.(person|people|releases)$|(ReleaseConnection|ReleaseEdge|PageInfo|Identifier|SectionStatus|Gap[A-Za-z]*)\.|Person\.(id|identifiers|sections|gaps)$)/;
      expect(new Set(shown.filter((coordinate) => !envelope.test(coordinate)))).toEqual(new Set([...expected, ...own]));
    },
  );

  test('SHARE-03 a housing officer finds no word of policing, of MAPPA or of an assessment’s text', async () => {
    const whole = await stack.ask(getIntrospectionQuery(), HOUSING);
    expect(whole.text).not.toMatch(
      /polic(e|ing)\b|mappa|domesticAbuse|marker|licenceCondition|diagnos|"summary"|exclusionZone/i,
    );
    const one = await stack.ask(
      '{ a: __type(name: "Policing") { name } b: __type(name: "DomesticAbuseLevel") { name } c: __type(name: "Risk") { fields { name } } }',
      HOUSING,
    );
    expect(one.body.data).toEqual({
      a: null,
      b: null,
      c: {
        fields: ['overall', 'assessmentType', 'assessedOn', 'nextReviewOn', 'riskToStaff'].map((name) => ({ name })),
      },
    });
  });

  test('SHARE-03 a field outside the view is still a valid one, and answers null', async () => {
    const [someone] = subjects(people, 'allowed') as [Subject];
    const answer = await askAs(stack, HOUSING, someone, 'policing { domesticAbuse { level } } sections { section }');
    expect([answer.status, answer.body.data]).toEqual([200, { person: { policing: null, sections: [] } }]);
    expect(answer.body.extensions.withheld).toMatchObject([{ section: 'policing', reason: 'NOT_IN_VIEW' }]);
  });
});
