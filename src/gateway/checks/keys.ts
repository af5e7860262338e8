import type { Bundle } from '../../policy/bundle.ts';
import { decideMessage, type Message, type MessageDecision } from '../../policy/message.ts';
import type { SubjectFacts } from '../../record/facts.ts';
import type { Root, SentMessage } from '../scope.ts';

/** What both keys say of a message, as an entry of the log has it. */
export interface Keys {
  readonly permitted: boolean;
  /** Coordinate with its holder (`probation-service|CheckRequest.release`) to what gives it. Empty where nothing is told. */
  readonly given: Root['given'];
  readonly reasons: SentMessage['reasons'];
}

/** SHARE-11: what goes to another partner passes the sender's agreement and the need of the role that will read it. */
export function turnKeys(
  bundle: Bundle,
  message: Message,
  facts: Pick<SubjectFacts, 'restrictions' | 'permissions' | 'objections'>,
): Keys {
  const decision = decideMessage(bundle, message, facts);
  const given: Root['given'] = new Map();
  if (decision.permitted) {
    for (const [field, reasons] of decision.fields) {
      const agreement = reasons.find(({ gate }) => gate === 'agreement')?.ref;
      const dataClass = bundle.messages.get(field);
      if (agreement && dataClass) given.set(`${message.from}|${field}`, { agreement, dataClass });
    }
  }
  return { permitted: decision.permitted, given, reasons: distinctReasons(decision) };
}

/** What is told of somebody by a message, or would have been, for the log. */
export function sentMessage(keys: Keys, told: Pick<SentMessage, 'person' | 'to' | 'thirdParties'>): SentMessage {
  const grants = [...keys.given.values()];
  return {
    ...told,
    fields: [...keys.given.keys()].sort(),
    agreements: distinct(grants.map(({ agreement }) => agreement)),
    classes: distinct(grants.map(({ dataClass }) => dataClass)),
    reasons: keys.reasons,
    sent: keys.permitted,
  };
}

/** Fields of a message often have the same reasons: each is said once. */
function distinctReasons({ reasons, fields }: MessageDecision): SentMessage['reasons'] {
  const all = [...reasons, ...[...fields.values()].flat()];
  return [...new Map(all.map((reason) => [JSON.stringify(reason), reason])).values()];
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
