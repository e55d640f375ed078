import type { DocumentNode } from 'graphql';
import type { Manifest } from './trusted-manifest.js';

/** Recognises loaded documents that are in a manifest. */
export interface TrustedDocuments {
  add(document: DocumentNode, text: string): void;
  /** The SHA-256 of a document that was in a manifest when it was loaded. */
  hash(document: DocumentNode): string | undefined;
}

export function createTrustedDocuments(manifest: Manifest): TrustedDocuments {
  const loaded = new WeakMap<DocumentNode, string>();
  return {
    add(document, text) {
      const hash = manifest.hashOf(text);
      if (hash !== undefined) loaded.set(document, hash);
    },
    hash: (document) => loaded.get(document),
  };
}
