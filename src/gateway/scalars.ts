import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { isDay } from '../record/day.ts';

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(?!24)\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** The scalars of `schema/gateway.graphql`. Input is checked; output was checked when it came from its holder. */
export const SCALARS = {
  Date: textScalar('Date', 'a calendar day, YYYY-MM-DD', isDay),
  DateTime: textScalar('DateTime', 'an instant with a time zone (RFC 3339)', (text) => {
    const [, day = ''] = INSTANT.exec(text) ?? [];
    return isDay(day) && !Number.isNaN(Date.parse(text));
  }),
  IdentifierType: textScalar('IdentifierType', 'the name of an identifier type', (text) =>
    /^[A-Z][A-Z0-9_]{0,39}$/.test(text),
  ),
};

function textScalar(name: string, wanted: string, accepts: (text: string) => boolean): GraphQLScalarType {
  const take = (value: unknown): string => {
    if (typeof value === 'string' && accepts(value)) return value;
    // Never the value: it may be somebody's.
    throw new GraphQLError(`${name} needs ${wanted}.`);
  };
  return new GraphQLScalarType({
    name,
    serialize: (value) => value,
    parseValue: take,
    parseLiteral: (node) => take(node.kind === Kind.STRING ? node.value : null),
  });
}
