import type { HeldRelationship, SubjectFacts } from '../../../record/facts.ts';
import { type Caller, type Decision, decide } from '../../decide.ts';
import type { Gate } from '../../gates.ts';
import type { View } from '../../view.ts';
import { begun, unended } from './gate-facts.ts';

const facts =
  (change: (facts: SubjectFacts, view: View) => SubjectFacts): typeof decide =>
  (bundle, view, caller, given) =>
    decide(bundle, view, caller, given && change(given, view));

const caller =
  (change: (caller: Caller) => Partial<Caller>): typeof decide =>
  (bundle, view, given, subject) =>
    decide(bundle, view, { ...given, ...change(given) }, subject);

const relationships = (change: (each: HeldRelationship, view: View) => HeldRelationship) =>
  facts((given, view) => ({ ...given, relationships: given.relationships.map((each) => change(each, view)) }));

const objections = (
  change: (each: SubjectFacts['objections'][number], view: View) => SubjectFacts['objections'][number],
) => facts((given, view) => ({ ...given, objections: given.objections.map((each) => change(each, view)) }));

/** How the gates that only a record has go wrong. */
export const DECISIONS: Partial<Record<Gate, Readonly<Record<string, typeof decide>>>> = {
  relationship: {
    passes: facts((given, view) => ({ ...given, relationships: [...given.relationships, carrying(view)] })),
    refuses: facts((given) => ({ ...given, relationships: [] })),
    'forgets its type': relationships((each, { purpose }) => ({
      ...each,
      type: purpose.relationships[0] ?? each.type,
    })),
    'forgets who asserted it': relationships((each) => ({ ...each, assertedBy: 'a feed' })),
    'forgets when it begins': facts((given) => ({ ...given, relationships: begun(given.relationships) })),
    'forgets when it ends': facts((given) => ({ ...given, relationships: unended(given.relationships) })),
    'forgets its grace': (bundle, view, given, subject) => {
      const none = [...bundle.relationships].map(([type, each]) => [type, { ...each, graceDays: 0 }] as const);
      return decide({ ...bundle, relationships: new Map(none) }, view, given, subject);
    },
  },
  restriction: {
    'passes interests': facts((given) => ({ ...given, interests: [] })),
    'passes own records': facts((given) => ({
      ...given,
      interests: given.interests.filter(({ type }) => type !== 'OWN_RECORD'),
    })),
    'passes declared interests': facts((given) => ({
      ...given,
      interests: given.interests.filter(({ type }) => type !== 'DECLARED_INTEREST'),
    })),
    'forgets when an interest begins': facts((given) => ({ ...given, interests: begun(given.interests) })),
    'forgets when an interest ends': facts((given) => ({ ...given, interests: unended(given.interests) })),
    'tells of itself though something else is in the way': (bundle, view, given, subject) => {
      const decision = decide(bundle, view, given, subject);
      const own = decision.reasons.some(({ code, ref }) => code === 'RESTRICTED' && ref === view.partner);
      const signpost = own ? (bundle.restrictions.get(view.partner)?.signpost ?? null) : null;
      return decision.permitted ? decision : { ...decision, signpost };
    },
    "tells of another owner's": (bundle, view, given, subject) => {
      const decision = decide(bundle, view, given, subject);
      const { permitted, reasons } = decision;
      const listed = reasons.some(({ code }) => code === 'RESTRICTED');
      const signpost = bundle.restrictions.get(view.partner)?.signpost ?? null;
      return permitted || !listed || refusals(decision) > 1 ? decision : { ...decision, signpost };
    },
  },
  permission: {
    'passes objections': facts((given) => ({ ...given, objections: [] })),
    'forgets when an objection begins': facts((given) => ({ ...given, objections: begun(given.objections) })),
    'forgets when an objection ends': facts((given) => ({ ...given, objections: unended(given.objections) })),
    "forgets an objection's holder": objections((each) => ({ ...each, holder: null })),
    "forgets an objection's recipient": objections((each) => ({ ...each, recipientType: null })),
  },
  volume: {
    passes: caller(() => ({ asked: 1 })),
    refuses: caller(() => ({ asked: Number.POSITIVE_INFINITY })),
    'lets one more through': caller(({ asked }) => ({ asked: asked - 1 })),
    'lets one fewer through': caller(({ asked }) => ({ asked: asked + 1 })),
  },
  'break-glass': {
    refuses: facts((given) => ({ ...given, breakGlass: [] })),
    passes: facts((given, view) => ({
      ...given,
      breakGlass: [{ id: '', role: view.role.name, purpose: view.purpose.code, until: new Date('9999-12-31') }],
    })),
    'forgets when it ends': grants(() => ({ until: new Date('9999-12-31') })),
    'forgets its role': grants(({ role }) => ({ role: role.name })),
    'forgets its purpose': grants(({ purpose }) => ({ purpose: purpose.code })),
    'forgets which roles are marked for it': (bundle, view, given, subject) => {
      const roles = [...bundle.breakGlass.roles, view.role.name];
      return decide({ ...bundle, breakGlass: { ...bundle.breakGlass, roles } }, view, given, subject);
    },
    'counts in a list': caller(() => ({ alone: true })),
    'opens more than the agreements mark for emergencies': (bundle, view, given, subject) =>
      decide(bundle, allEmergency(view), given, subject),
    'shows identifiers': (bundle, view, given, subject) => {
      const decision = decide(bundle, view, given, subject);
      if (!decision.breakGlass || !subject) return decision;
      const { identifiers } = decide(bundle, view, given, { ...subject, relationships: [carrying(view)] });
      return { ...decision, identifiers };
    },
  },
  link: {
    'forgets how sure it is': facts((given) => ({
      ...given,
      links: given.links.map((each) => ({ ...each, confidence: 1 })),
    })),
    refuses: facts((given) => ({ ...given, links: [] })),
    passes: (bundle, view, given, subject) => {
      const decision = decide(bundle, view, given, subject);
      const sections = [...decision.sections].map(([name, { holders }]) => {
        const linked = holders.map((each) => ({ ...each, link: each.link ?? ANY_LINK }));
        return [name, { holders: linked }] as const;
      });
      return { ...decision, sections: new Map(sections) };
    },
  },
};

const ANY_LINK = { holder: '', type: '', value: '', confidence: 1 };

function refusals({ reasons }: Decision): number {
  return reasons.filter(({ outcome, gate }) => outcome === 'refuse' && gate !== 'relationship').length;
}

function grants(change: (view: View) => Partial<SubjectFacts['breakGlass'][number]>): typeof decide {
  return facts((given, view) => ({
    ...given,
    breakGlass: given.breakGlass.map((each) => ({ ...each, ...change(view) })),
  }));
}

function carrying({ partner, purpose, day }: View): HeldRelationship {
  return {
    type: purpose.relationships[0] ?? '',
    partner,
    practitioner: null,
    team: null,
    assertedBy: 'a feed',
    evidence: '',
    standing: 'SELF',
    cover: null,
    from: day,
    until: null,
  };
}

function allEmergency(view: View): View {
  const sections = [...view.sections].map(([name, section]) => {
    const holders = [...section.holders].map(([code, grant]) => {
      const fields = [...grant.fields].map(([field, each]) => [field, { ...each, emergency: true }] as const);
      return [code, { ...grant, fields: new Map(fields) }] as const;
    });
    return [name, { ...section, holders: new Map(holders) }] as const;
  });
  return { ...view, sections: new Map(sections) };
}
