import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

/** The GraphiQL page of `GET /graphql` in a demonstration. Everything is inlined: it needs no network. */
export function explorerPage(): string {
  return renderGraphiQL({
    title: 'Throughgate: explore the record',
    endpoint: '/graphql',
    defaultQuery: `# Put a token in the headers below: npx throughgate token probation-practitioner
# The schema you then see on the left is what that role may ever hold for that purpose.
{
  __typename
}
`,
    headers: JSON.stringify({ Authorization: 'Bearer <token>', 'Purpose-Of-Use': 'RELEASE_PLANNING' }, null, 2),
  });
}
