import { badInput, forbidden } from '@marquee/chassis/errors/errors';
import { operationId } from '@marquee/chassis/graphql/operation-manifest';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Manifest } from './trusted-manifest.js';
import type { GuardSettings } from '../../guard-settings.js';

/** What a client sent, on whatever road. */
export interface GuardedRequest {
  query?: string | null | undefined;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
  extensions?: Record<string, unknown> | null | undefined;
  /** The hash of a document, as the appendix of GraphQL over HTTP on persisted documents has it. */
  documentId?: unknown;
}

/** Finds the document that a request is about: the one that it holds, or the one whose hash it holds. */
export interface PersistedDocuments {
  /**
   * @throws GraphQLError: BAD_USER_INPUT when there is none, FORBIDDEN when it is not a trusted one, and
   * PERSISTED_QUERY_NOT_FOUND or PERSISTED_QUERY_NOT_SUPPORTED, as clients of automatic persisted queries expect
   */
  resolve(request: GuardedRequest): string;
  /** Keeps the document of a request that was found right, when the request asks for that. */
  register(request: GuardedRequest, text: string): void;
}

/** Documents of clients that are kept: so many, and of so many characters together. */
const kept = { max: 5_000, maxSize: 8 * 1024 * 1024 };

export function createPersistedDocuments(
  {
    TRUSTED_DOCUMENTS: mode,
    PERSISTED_QUERIES: automatic,
  }: Pick<GuardSettings, 'TRUSTED_DOCUMENTS' | 'PERSISTED_QUERIES'>,
  manifest: Manifest,
): PersistedDocuments {
  const store = new LRUCache<string, string>({ ...kept, sizeCalculation: (text) => text.length + 64 });
  const mayRegister = automatic && mode !== 'only';
  return {
    resolve(request) {
      const [hash, text] = [hashIn(request), textIn(request)];
      const trusted = trustedBy(hash, text);
      if (trusted !== undefined) return trusted;
      if (mode === 'only') throw untrusted();
      if (hash !== undefined && !mayRegister) throw notSupported();
      return text ?? store.get(hash ?? '') ?? missing(hash);
    },
    register(request, text) {
      const hash = mayRegister && textIn(request) !== undefined ? hashIn(request) : undefined;
      if (hash !== undefined) store.set(hash, text);
    },
  };

  function trustedBy(hash: string | undefined, text: string | undefined): string | undefined {
    if (hash !== undefined && text !== undefined && operationId(text) !== hash)
      throw badInput({ path: 'extensions.persistedQuery.sha256Hash', message: 'it is not the sha256 of the document' });
    return manifest.get(hash ?? (mode === 'only' ? operationId(text ?? '') : ''));
  }
}

/** Over a socket a request must have a text, so one that comes by its hash has an empty one. */
function textIn({ query }: GuardedRequest): string | undefined {
  return query === '' || query === null ? undefined : query;
}

/** Clients name a document by `documentId`, or as they do for automatic persisted queries. */
function hashIn({ extensions, documentId }: GuardedRequest): string | undefined {
  const given = extensions?.['persistedQuery'];
  if (!isAbsent(documentId)) return hashOfId(documentId, given);
  if (isAbsent(given)) return undefined;
  const read = extension.safeParse(given);
  if (read.success) return read.data.sha256Hash;
  const message = 'expected { version: 1, sha256Hash } with a sha256 in lower-case hex';
  throw badInput({ path: 'extensions.persistedQuery', message });
}

const extension = z.object({ version: z.literal(1), sha256Hash: z.string().regex(/^[0-9a-f]{64}$/) });

function hashOfId(documentId: unknown, extension: unknown): string {
  const hash = /^(?:sha256:)?([0-9a-f]{64})$/.exec(String(documentId))?.[1];
  if (hash !== undefined && isAbsent(extension)) return hash;
  const message = 'expected "sha256:" and a sha256 in lower-case hex, and no extensions.persistedQuery beside it';
  throw badInput({ path: 'documentId', message });
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function missing(hash: string | undefined): never {
  if (hash === undefined) throw badInput({ path: 'query', message: 'expected a document' });
  throw new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
}

function notSupported(): GraphQLError {
  return new GraphQLError('PersistedQueryNotSupported', { extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } });
}

function untrusted(): GraphQLError {
  return forbidden('This gateway answers trusted documents only.');
}
