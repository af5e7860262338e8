import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type OperationDefinitionNode } from 'graphql';
import type { Accepted, Engine } from './engine.ts';
import { executeOperation, type Trail } from './execute.ts';
import { documentFingerprint } from './fingerprint.ts';
import { LIMITS } from './limits.ts';
import { formatted, type Refusal, refusalOf } from './refusals.ts';

/** What one operation carries through Apollo Server: what it was accepted as, and what became of it. */
export interface Passage {
  readonly accepted: Accepted;
  readonly engine: Engine;
  readonly trail: Trail;
  /** Of the document without what its sender wrote into it, `documentFingerprint`; null when it is no document. */
  documentHash: string | null;
  refusal: Refusal | null;
  /** Set when the refusal is a fault of ours. For the log only. */
  fault: unknown;
}

/** Apollo Server copies its context object: what must come back is one level down. */
interface Carried {
  readonly passage: Passage;
}

export interface GraphQLReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface GraphQLEndpoint {
  run(body: unknown, headers: Readonly<Record<string, string>>, passage: Passage): Promise<GraphQLReply>;
  close(): Promise<void>;
}

/**
 * Apollo Server parses, validates against the shared schema and speaks GraphQL over HTTP. Execution is ours, through its
 * gateway hook, so that each request runs on its own view's schema.
 */
export async function createEndpoint(engine: Engine): Promise<GraphQLEndpoint> {
  const gateway: ApolloServerOptionsWithGateway<Carried>['gateway'] = {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: engine.schemas.shared, coreSupergraphSdl: '' });
      return () => {};
    },
    load: async () => ({
      executor: async ({ context, document, operation, request }) => {
        const { passage } = context as unknown as Carried;
        try {
          return await executeOperation(
            passage.engine,
            passage.accepted,
            passage.trail,
            document,
            operation as OperationDefinitionNode,
            request.variables ?? {},
          );
        } catch (error) {
          // Apollo shows an executor's error to formatError only as a GraphQLError.
          const wrapped = new GraphQLError('refused', {
            originalError: error instanceof Error ? error : new Error(String(error)),
          });
          return { errors: [wrapped] };
        }
      },
    }),
    stop: async () => {},
  };

  const server = new ApolloServer<Carried>({
    gateway,
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled(), notePassage],
    introspection: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    status400ForVariableCoercionErrors: true,
    parseOptions: { maxTokens: LIMITS.tokens },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    nodeEnv: 'production',
  });
  await server.start();

  return {
    async run(body, headers, passage) {
      const response = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: 'POST', headers: new HeaderMap(Object.entries(headers)), search: '', body },
        context: async () => ({ passage }),
      });
      if (response.body.kind !== 'complete') throw new Error('an answer in parts is not offered');
      return { status: response.status ?? 200, headers: response.headers, body: response.body.string };
    },
    close: () => server.stop(),
  };
}

/** Keeps for the audit entry what Apollo Server found, and puts the closed list of codes and the request id in its answer. */
const notePassage: ApolloServerPlugin<Carried> = {
  async requestDidStart() {
    return {
      async willSendResponse({ contextValue: { passage }, document, response, errors }) {
        passage.documentHash = document ? documentFingerprint(document) : null;
        if (response.body.kind !== 'single') throw new Error('an answer in parts is not offered');
        const { singleResult } = response.body;
        if (errors?.length) {
          const refusals = errors.map(refusalOf);
          passage.refusal = refusals.find(({ code }) => code === 'FAULT') ?? refusals[0] ?? null;
          if (passage.refusal?.code === 'FAULT') passage.fault = errors[0]?.originalError ?? errors[0];
          singleResult.errors = refusals.map((refusal, index) => {
            const locations = errors[index]?.locations;
            return { ...formatted(refusal, passage.accepted.requestId), ...(locations && { locations }) };
          });
          delete singleResult.data;
          response.http.status = passage.refusal?.status ?? 500;
        }
        singleResult.extensions = { ...singleResult.extensions, requestId: passage.accepted.requestId };
      },
    };
  },
};
