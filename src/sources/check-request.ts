import type { GraphQLObjectType } from 'graphql';
import { printSelection, type Selection } from '../record/selection.ts';
import { nonconformity } from './conform.ts';
import { type EntitiesReply, type Holder, HolderFailure } from './holder.ts';

/** A request for a check, as a holder that answers by its subgraph is asked it (`schema/check-request.graphql`). */
export interface CheckQuestionOnTheWire {
  readonly id: string;
  readonly type: string;
  /** By which the holder itself knows the person, where that is confirmed. */
  readonly number: string | null;
  /** Everything that both keys let it be told, and nothing else. */
  readonly told: Readonly<Record<string, unknown>>;
}

/** What the holder said: an answer in the form that was asked for, which is not yet judged, or none. */
export type CheckReply =
  | { readonly state: 'ANSWERED'; readonly answer: Readonly<Record<string, unknown>> }
  | { readonly state: 'NOT_YET' }
  /** `detail` is for the operator's log: it holds no value and no identifier. */
  | { readonly state: 'UNAVAILABLE'; readonly detail: string };

/**
 * Asks one holder for its answer to one request. What it sends is judged like any reply of a partner (SHARE-09): an
 * answer about another request, with more than was asked for, or in another form, is none.
 * @param type of the answer, whose fields `selection` names
 */
export async function askForAnswer(
  holder: Pick<Holder, 'entities'>,
  question: CheckQuestionOnTheWire,
  { type, selection }: { readonly type: GraphQLObjectType; readonly selection: Selection },
  context: { readonly requestId: string; readonly signal: AbortSignal },
): Promise<CheckReply> {
  try {
    const reply = await holder.entities({
      query: `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on CheckRequest { id answer { ${printSelection(selection)} } } } }`,
      representations: [{ __typename: 'CheckRequest', ...question }],
      ...context,
    });
    return judge(reply, question.id, type, selection);
  } catch (error) {
    if (!(error instanceof HolderFailure)) throw error;
    return unavailable(error.message);
  }
}

function judge(
  { entities, errors }: EntitiesReply,
  id: string,
  type: GraphQLObjectType,
  selection: Selection,
): CheckReply {
  if (errors.length > 0) return unavailable('answered with an error');
  if (entities.length !== 1) return unavailable('answered about another number of requests than asked');
  const [entity] = entities;
  // It has nothing to say of the request: nobody has looked, which is no answer.
  if (entity === null) return { state: 'NOT_YET' };
  if (typeof entity !== 'object' || Array.isArray(entity)) return unavailable('answered with what is no request');
  const given = entity as Readonly<Record<string, unknown>>;
  if (given['__typename'] !== 'CheckRequest') return unavailable('answered with what is no request');
  if (given['id'] !== id) return unavailable('answered about another request');
  if (!Object.keys(given).every((field) => FIELDS.includes(field)))
    return unavailable('answered with more than was asked');
  const answer = given['answer'];
  if (answer === null) return { state: 'NOT_YET' };
  const wrong = nonconformity(type, selection, answer, null);
  if (wrong) return unavailable(wrong);
  return { state: 'ANSWERED', answer: answer as Readonly<Record<string, unknown>> };
}

const FIELDS: readonly string[] = ['__typename', 'id', 'answer'];

function unavailable(detail: string): CheckReply {
  return { state: 'UNAVAILABLE', detail };
}
