import { createHash } from 'node:crypto';
import { type ASTNode, type DocumentNode, Kind, print, visit } from 'graphql';

/**
 * SHA-256, hex, of a document's shape: values, aliases and whatever its sender named left out. By it the log tells apart what
 * was asked without keeping what somebody may have written there; a hash of the text could be tried against every
 * identifier there is.
 */
export function documentFingerprint(document: DocumentNode): string {
  let fingerprint = known.get(document);
  if (!fingerprint) {
    fingerprint = createHash('sha256')
      .update(print(visit(document, { enter: withoutWords })))
      .digest('hex');
    known.set(document, fingerprint);
  }
  return fingerprint;
}

/** Documents are kept parsed, and come again. */
const known = new WeakMap<DocumentNode, string>();

function withoutWords(node: ASTNode): ASTNode | undefined {
  switch (node.kind) {
    case Kind.OPERATION_DEFINITION: {
      const { name: _, ...rest } = node;
      return rest;
    }
    case Kind.FIELD: {
      const { alias: _, ...rest } = node;
      return rest;
    }
    case Kind.FRAGMENT_DEFINITION:
    case Kind.FRAGMENT_SPREAD:
    case Kind.VARIABLE:
      return { ...node, name: { ...node.name, value: '_' } };
    case Kind.STRING:
      return { ...node, value: '', block: false };
    case Kind.INT:
    case Kind.FLOAT:
      return { ...node, value: '0' };
    case Kind.ENUM:
      return { ...node, value: 'VALUE' };
    default:
      return undefined;
  }
}
