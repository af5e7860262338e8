import { ClientError, GraphQLClient, gql } from 'graphql-request';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';

const QUERY = gql`
  query ReleaseOf($identifier: IdentifierInput!) {
    person(identifier: $identifier) {
      id
      custody { releaseDate establishment }
      sections { section holder status reason }
    }
  }
`;

interface Answer {
  readonly person: {
    readonly id: string;
    readonly custody: { readonly releaseDate: string | null } | null;
    readonly sections: readonly { readonly section: string; readonly holder: string; readonly status: string }[];
  } | null;
}

let stack: Stack;
let crn: string;

beforeAll(async () => {
  stack = await startStack();
  crn = String(population().traits().allowed[0]?.identifiers['CRN']);
});

afterAll(() => stack.close());

async function client(headers: Record<string, string> = {}): Promise<GraphQLClient> {
  const token = await stack.token('probation-practitioner');
  return new GraphQLClient(`${stack.url}/graphql`, {
    headers: { authorization: `Bearer ${token}`, 'purpose-of-use': 'RELEASE_PLANNING', ...headers },
  });
}

describe('graphql-request, as it comes', () => {
  test('gets a record by variables', async () => {
    const answer = await (await client()).request<Answer>(QUERY, { identifier: { type: 'CRN', value: crn } });
    expect(answer.person?.id).toMatch(/^[\w-]{22}$/);
    expect(answer.person?.custody?.releaseDate).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(answer.person?.sections).toEqual([
      { section: 'custody', holder: 'hmpps-prisons', status: 'AVAILABLE', reason: null },
    ]);
  });

  test('gets the rest of a record whose holder is dead, without an exception', async () => {
    stack.recorder.interfere('hmpps-prisons', () => 'dead');
    try {
      const { data, extensions, errors } = await (await client()).rawRequest<Answer>(
        `{ person(identifier: {type: "CRN", value: "${crn}"}) { custody { releaseDate } supervision { licenceType } } }`,
      );
      expect(errors).toBeUndefined();
      expect(data.person).toMatchObject({ custody: null, supervision: { licenceType: expect.any(String) } });
      expect(extensions).toMatchObject({
        unavailable: [{ section: 'custody', holder: 'hmpps-prisons', paths: [['person']] }],
      });
    } finally {
      stack.recorder.interfere('hmpps-prisons', null);
    }
  });

  test('is told of what may not be shown without an exception', async () => {
    const stranger = String(population().traits().unrelated[0]?.identifiers['CRN']);
    const { data, extensions } = await (await client()).rawRequest<Answer>(QUERY, {
      identifier: { type: 'CRN', value: stranger },
    });
    expect(data.person).toBeNull();
    expect(extensions).toMatchObject({ nothingToShow: [{ path: ['person'], code: 'NOTHING_TO_SHOW' }] });
  });

  test.each([
    ['a purpose that the role may not declare', { 'purpose-of-use': 'STATISTICS' }, 403, 'PURPOSE_NOT_ALLOWED'],
    ['no usable token', { authorization: 'Bearer nonsense' }, 401, 'UNAUTHENTICATED'],
  ])('throws its own error, with our code, for %s', async (_, headers, status, code) => {
    const refused = (await client(headers)).request(QUERY, { identifier: { type: 'CRN', value: crn } });
    const error = await refused.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ClientError);
    const { response } = error as ClientError;
    expect(response.status).toBe(status);
    expect(response.errors?.map(({ extensions }) => extensions['code'])).toEqual([code]);
  });
});
