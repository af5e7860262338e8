import { join } from 'node:path';
import { buildASTSchema, type GraphQLObjectType, getNamedType, isObjectType, parse, print, visit } from 'graphql';

export const SDL_DIR = join(import.meta.dirname, '../../../schema/sources');

/** Asks for every field of every type that the SDL defines, so that each value is checked against its type. */
export function everyField(sdl: string): string {
  const plain = visit(parse(sdl), { SchemaExtension: () => null, Directive: () => null });
  const schema = buildASTSchema(plain, { assumeValid: true });
  const selection = (type: GraphQLObjectType): string =>
    Object.values(type.getFields())
      .map((field) => {
        const inner = getNamedType(field.type);
        return isObjectType(inner) ? `${field.name} { ${selection(inner)} }` : field.name;
      })
      .join(' ');
  const person = schema.getType('Person');
  if (!isObjectType(person)) throw new Error('The SDL defines no Person.');
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { __typename ... on Person { ${selection(person)} } }
  }`;
  return print(parse(query));
}

export interface Reply {
  readonly status: number;
  readonly body: { data?: Record<string, unknown> | null; errors?: { message: string; path?: (string | number)[] }[] };
}

export async function post(url: string, body: unknown): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: (await response.json()) as Reply['body'] };
}
