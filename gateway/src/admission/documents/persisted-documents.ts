import { isOperationId, operationId } from '@marquee/chassis/graphql/operation-manifest';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
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
  /** Returns the text of the document that a request contains or identifies by its id, or the refusal. */
  resolve(params: OperationParams): string | GraphQLError;
  /** Stores the document of an admitted request that also has its hash, as automatic persisted queries do. */
  register(params: OperationParams, text: string): void;
}

/** Bounds of the store of automatic persisted queries: documents, and their characters. */
const storeLimits = { max: 5_000, maxSize: 8 * 1024 * 1024 };

type Settings = Pick<GatewaySettings, 'TRUSTED_DOCUMENTS' | 'PERSISTED_QUERIES'>;

export function createPersistedDocuments(settings: Settings, manifest: Manifest): PersistedDocuments {
  const { TRUSTED_DOCUMENTS: mode, PERSISTED_QUERIES: isAutomatic } = settings;
  const registered = new LRUCache<string, string>({ ...storeLimits, sizeCalculation: (text) => text.length + 64 });
  const documents: Documents = { mode, manifest, registered, canRegister: isAutomatic && mode !== 'only' };
  return {
    resolve(params) {
      const text = textIn(params);
      const id = idIn(params);
      if (id === undefined && mode !== 'only') return text ?? documentMissing();
      return id instanceof GraphQLError ? id : find(documents, id, text);
    },
    register(params, text) {
      const id = documents.canRegister ? idIn(params) : undefined;
      if (typeof id === 'string' && isHash(id) && textIn(params) !== undefined) registered.set(id, text);
    },
  };
}

interface Documents {
  mode: Settings['TRUSTED_DOCUMENTS'];
  manifest: Manifest;
  /** Those of automatic persisted queries, by their SHA-256. */
  registered: Pick<LRUCache<string, string>, 'get'>;
  canRegister: boolean;
}

function find(
  { mode, manifest, registered, canRegister }: Documents,
  id: string | undefined,
  text: string | undefined,
): string | GraphQLError {
  if (id === undefined && text === undefined) return documentMissing();
  if (id !== undefined && text !== undefined && isHash(id) && operationId(text) !== id) return hashMismatch();
  // A document in full is trusted if a manifest has it.
  const trusted = manifest.get(id ?? operationId(text ?? ''));
  if (trusted !== undefined) return trusted;
  if (mode === 'only' || id === undefined) return untrustedDocument();
  if (!isHash(id)) return persistedQueryMalformed();
  if (!canRegister) return persistedQueryNotSupported();
  return text ?? registered.get(id) ?? persistedQueryNotFound();
}

/** graphql-ws requires a text, so a client that sends only an id leaves the text empty. */
function textIn({ query }: OperationParams): string | undefined {
  return query === '' || query === null ? undefined : query;
}

/**
 * The id in `documentId`, or in the extension of automatic persisted queries. Trusted documents may have ids that are
 * no hashes.
 */
function idIn(params: OperationParams): string | GraphQLError | undefined {
  const extension = params.extensions?.['persistedQuery'] ?? undefined;
  const documentId = params.documentId ?? undefined;
  if (extension === undefined && documentId === undefined) return undefined;
  if (documentId === undefined) return idInExtension(extension) ?? persistedQueryMalformed();
  const id = typeof documentId === 'string' ? documentId.replace(/^sha256:/, '') : undefined;
  return isOperationId(id) && extension === undefined ? id : documentIdMalformed();
}

/** Whether an id is a SHA-256, which clients may register. */
function isHash(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}

function idInExtension(extension: unknown): string | undefined {
  if (typeof extension !== 'object' || extension === null) return undefined;
  const { version, sha256Hash } = extension as Record<string, unknown>;
  return version === 1 && isOperationId(sha256Hash) ? sha256Hash : undefined;
}
