export const LAPSES_DOCUMENT = `query AgreementUses($from: Date!, $to: Date!) {
  logFigures(from: $from, to: $to, by: MONTH) { upTo rows { measure partner key dataClass count } }
  policyApprovals { hash approver date reference inForce }
}`;

export const APPROVALS_DOCUMENT = `query PolicyApprovals {
  policyApprovals { hash approver date reference inForce }
}`;

export const DIFFERENCE_DOCUMENT = `query ProposedPolicy {
  proposedPolicy { hash inForce problems approved widens changes { kind sentence handling } }
}`;

export const REPLAY_DOCUMENT = `query PolicyReplay($days: Int!, $first: Int!) {
  policyReplay(days: $days, first: $first) {
    inForce proposed from to entries complete same total
    changes { effect role purpose partner field holder dataClass sentence count examples }
    unknown { text count }
  }
}`;
