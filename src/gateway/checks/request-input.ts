import { type Question, type QuestionAddress, questionProblems } from '../../checks/question.ts';
import { GatewayError } from '../../errors.ts';
import type { CheckType } from '../../record/checks.ts';
import type { Day } from '../../record/facts.ts';
import type { Errand } from '../errand.ts';
import { purposesOfAsking, typesAsked } from './standing.ts';

export interface RequestChecksInput {
  readonly people: readonly PersonInput[];
  readonly idempotencyKey: string;
}

interface PersonInput {
  readonly person: string;
  readonly types?: readonly CheckType[] | null;
  readonly addresses?: readonly AddressInput[] | null;
  readonly adults?: readonly NamedInput[] | null;
  readonly children?: readonly ChildInput[] | null;
  readonly childrenBelievedPresent?: boolean | null;
  readonly responders?: readonly string[] | null;
  readonly release?: Day | null;
  readonly more?: string | null;
}

type AddressInput = Omit<QuestionAddress, 'town'> & { readonly town?: string | null };

interface NamedInput {
  readonly name: string;
  readonly dateOfBirth?: Day | null;
  readonly relationship: string;
}

type ChildInput = Omit<NamedInput, 'name'> & { readonly name?: string | null };

/** What is asked about one person, as it was given and found good. */
export interface Asked {
  /** The opaque id. */
  readonly person: string;
  /** In the order of the policy. */
  readonly types: readonly CheckType[];
  /** Whether the input says what to ask, or by which types: then what is open already is asked again as it says. */
  readonly isAnew: boolean;
  /** Null where it is to be read. */
  readonly addresses: readonly QuestionAddress[] | null;
  /** Undefined where it is to be read. */
  readonly release: Day | undefined;
  /** But for what is read, and for the addresses, which are each responder's own. */
  readonly question: Omit<Question, 'name' | 'dateOfBirth' | 'addresses' | 'childrenBelievedPresent'>;
  /** Null where nothing was said. */
  readonly childrenBelievedPresent: boolean | null;
  /** Partners to ask, of either type. */
  readonly responders: readonly string[];
}

const LARGEST_LIST = 200;
const MOST_SHOWN = 20;

/**
 * The whole input, checked before anybody is looked up.
 * @throws GatewayError BAD_USER_INPUT with what is wrong, up to some number of problems, and never what was written;
 *   PURPOSE_NOT_ALLOWED where no check is asked for the declared purpose
 */
export function readRequest(errand: Errand, { people }: Pick<RequestChecksInput, 'people'>): Asked[] {
  const asks = typesAsked(errand);
  if (asks.length === 0) {
    const what = `Checks are asked for one purpose of: ${purposesOfAsking(errand).join(', ')}.`;
    throw new GatewayError('PURPOSE_NOT_ALLOWED', what);
  }
  if (people.length < 1 || people.length > LARGEST_LIST) {
    throw new GatewayError('BAD_USER_INPUT', `"people" needs from 1 to ${LARGEST_LIST}.`);
  }
  const asked = people.map(read);
  const problems = asked.flatMap((each, index) => problemsOf(errand, asks, each, people, index));
  if (problems.length > 0) {
    const more = problems.length > MOST_SHOWN ? ` And ${problems.length - MOST_SHOWN} more like these.` : '';
    throw new GatewayError('BAD_USER_INPUT', `${problems.slice(0, MOST_SHOWN).join(' ')}${more}`);
  }
  return asked;

  function read(input: PersonInput): Asked {
    const { person, addresses, adults, children, childrenBelievedPresent, responders, release, more } = input;
    const given = [input.types, addresses, adults, children, childrenBelievedPresent, responders, more];
    const types = input.types ?? asks.filter((type) => !isNotConcerned(type, input));
    return {
      person,
      types: [...new Set(types)],
      isAnew: given.some((each) => each != null),
      addresses: addresses?.map((address) => ({ ...address, town: address.town ?? null })) ?? null,
      release: release ?? undefined,
      question: {
        adults: (adults ?? []).map((adult) => ({ ...adult, dateOfBirth: adult.dateOfBirth ?? null })),
        children: (children ?? []).map((child) => ({
          ...child,
          name: child.name ?? null,
          dateOfBirth: child.dateOfBirth ?? null,
        })),
        more: more ?? null,
      },
      childrenBelievedPresent: childrenBelievedPresent ?? null,
      responders: responders ?? [],
    };
  }
}

/** Without a child, and with the word that there is none, there is nothing to ask a children's authority. */
function isNotConcerned(type: CheckType, { children, childrenBelievedPresent }: Partial<PersonInput>): boolean {
  return type === 'CHILDRENS_SERVICES' && (children ?? []).length === 0 && childrenBelievedPresent === false;
}

function problemsOf(
  { engine, request }: Errand,
  asks: readonly CheckType[],
  asked: Asked,
  people: readonly PersonInput[],
  index: number,
): string[] {
  const { bundle, holdersOf } = engine.policy;
  const { day } = request.view;
  const prefix = `people[${index}].`;
  const input = people[index];
  const { types, release, responders, question, addresses } = asked;
  const known = types.flatMap((type) => holdersOf.get(bundle.checks.types.get(type)?.source ?? '') ?? []);
  const problem = (holds: boolean, words: string) => (holds ? [] : [words]);
  return [
    ...problem(
      people.findIndex(({ person }) => person === asked.person) === index,
      `"${prefix}person" was asked about already: each person stands once.`,
    ),
    ...problem(
      types.length > 0 && types.every((type) => asks.includes(type)),
      `"${prefix}types" needs, for this purpose, some of: ${asks.join(', ')}.`,
    ),
    ...problem(
      input?.types == null || !types.some((type) => isNotConcerned(type, input)),
      `"${prefix}children" needs a child, or "childrenBelievedPresent" be true or left out, for CHILDRENS_SERVICES.`,
    ),
    ...problem(addresses?.length !== 0, `"${prefix}addresses" needs at least one, or is left out.`),
    ...problem(release === undefined || release >= day, `"${prefix}release" needs a day that is not over.`),
    ...problem(
      responders.every((code) => known.includes(code) && bundle.checks.responders.has(code)),
      `"${prefix}responders" needs some of: ${known.filter((code) => bundle.checks.responders.has(code)).join(', ')}.`,
    ),
    ...questionProblems(
      {
        ...question,
        name: null,
        dateOfBirth: null,
        addresses: addresses ?? [],
        childrenBelievedPresent: asked.childrenBelievedPresent ?? false,
      },
      day,
      prefix,
    ),
  ];
}
