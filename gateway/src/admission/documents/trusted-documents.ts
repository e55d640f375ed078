import type { DocumentNode } from 'graphql';
import type { Manifest } from './trusted-manifest.js';

/** Knows the documents of the manifest again once they are read. */
export interface TrustedDocuments {
  note(document: DocumentNode, text: string): void;
  /** The sha256 of a document that the manifest has. */
  hash(document: DocumentNode): string | undefined;
}

export function createTrustedDocuments(manifest: Manifest): TrustedDocuments {
  const hashes = new Map([...manifest].map(([hash, text]) => [text, hash]));
  const read = new WeakMap<DocumentNode, string>();
  return {
    note(document, text) {
      const hash = hashes.get(text);
      if (hash !== undefined) read.set(document, hash);
    },
    hash: (document) => read.get(document),
  };
}
