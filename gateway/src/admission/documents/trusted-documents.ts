import type { DocumentNode } from 'graphql';
import type { Manifest } from './trusted-manifest.js';

/** Recognises loaded documents that are in the manifest. */
export interface TrustedDocuments {
  add(document: DocumentNode, text: string): void;
  /** The SHA-256 of a document that is in the manifest. */
  hash(document: DocumentNode): string | undefined;
}

export function createTrustedDocuments(manifest: Manifest): TrustedDocuments {
  const hashes = new Map([...manifest].map(([hash, text]) => [text, hash]));
  const loaded = new WeakMap<DocumentNode, string>();
  return {
    add(document, text) {
      const hash = hashes.get(text);
      if (hash !== undefined) loaded.set(document, hash);
    },
    hash: (document) => loaded.get(document),
  };
}
