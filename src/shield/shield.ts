import { createRequire } from 'node:module';

/**
 * The one door to graphql-shield. Its ESM build does not load on Node 23 and later, so both it and graphql-middleware
 * are required as CommonJS; mixing the two kinds fails. Never `chain`, `race`, `not`, an empty `and`, a `contextual`
 * cache or `applyMiddlewareToDeclaredResolvers`: each can grant what it should deny (docs/adr/0003-shield.md).
 */
const require = createRequire(import.meta.url);

export const { shield, rule, allow, deny } = require('graphql-shield') as typeof import('graphql-shield');
export const { applyMiddleware } = require('graphql-middleware') as typeof import('graphql-middleware');
