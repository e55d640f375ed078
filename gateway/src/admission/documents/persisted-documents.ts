import { operationId } from '@marquee/chassis/graphql/operation-manifest';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { GatewaySettings } from '../../config.js';
import type { OperationParams } from '../operation-params.js';
import {
  documentIdMalformed,
  documentMissing,
  hashMismatch,
  persistedQueryMalformed,
  persistedQueryNotFound,
  persistedQueryNotSupported,
  untrustedDocument,
} from '../refusals.js';
import type { Manifest } from './trusted-manifest.js';

/** Trusted documents and automatic persisted queries. */
export interface PersistedDocuments {
  /** Returns the text of the document that a request contains or identifies by its hash, or the refusal. */
  resolve(params: OperationParams): string | GraphQLError;
  /** Stores the document of an admitted request that also has its hash, as automatic persisted queries do. */
  register(params: OperationParams, text: string): void;
}

/** Bounds of the store of automatic persisted queries: documents, and their characters. */
const storeLimits = { max: 5_000, maxSize: 8 * 1024 * 1024 };

export function createPersistedDocuments(
  {
    TRUSTED_DOCUMENTS: mode,
    PERSISTED_QUERIES: isAutomatic,
  }: Pick<GatewaySettings, 'TRUSTED_DOCUMENTS' | 'PERSISTED_QUERIES'>,
  manifest: Manifest,
): PersistedDocuments {
  const store = new LRUCache<string, string>({ ...storeLimits, sizeCalculation: (text) => text.length + 64 });
  const canRegister = isAutomatic && mode !== 'only';
  return {
    resolve(params) {
      const text = textIn(params);
      const hash = hashIn(params);
      if (hash instanceof GraphQLError) return hash;
      if (hash !== undefined && text !== undefined && operationId(text) !== hash) return hashMismatch();
      // In the mode `only` a document in full is trusted if the manifest has it.
      const id = hash ?? (mode === 'only' && text !== undefined ? operationId(text) : undefined);
      const trusted = id === undefined ? undefined : manifest.get(id);
      if (trusted !== undefined) return trusted;
      if (mode === 'only') return untrustedDocument();
      if (hash === undefined) return text ?? documentMissing();
      if (!canRegister) return persistedQueryNotSupported();
      return text ?? store.get(hash) ?? persistedQueryNotFound();
    },
    register(params, text) {
      const hash = canRegister ? hashIn(params) : undefined;
      if (typeof hash === 'string' && textIn(params) !== undefined) store.set(hash, text);
    },
  };
}

/** graphql-ws requires a text, so a client that sends only a hash leaves the text empty. */
function textIn({ query }: OperationParams): string | undefined {
  return query === '' || query === null ? undefined : query;
}

/** The hash in `documentId`, or in the extension of automatic persisted queries. */
function hashIn({ extensions, documentId }: OperationParams): string | GraphQLError | undefined {
  const extension = extensions?.['persistedQuery'] ?? undefined;
  const hasId = documentId !== undefined && documentId !== null;
  if (extension === undefined && !hasId) return undefined;
  if (!hasId) return extensionShape.safeParse(extension).data?.sha256Hash ?? persistedQueryMalformed();
  const hash = /^(?:sha256:)?([0-9a-f]{64})$/.exec(typeof documentId === 'string' ? documentId : '')?.[1];
  return hash !== undefined && extension === undefined ? hash : documentIdMalformed();
}

const extensionShape = z.object({ version: z.literal(1), sha256Hash: z.string().regex(/^[0-9a-f]{64}$/) });
