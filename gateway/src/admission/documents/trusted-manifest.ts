import { SettingsError } from '@marquee/chassis/config/settings';
import {
  type ManifestOperation,
  operationId,
  readOperationManifest,
} from '@marquee/chassis/graphql/operation-manifest';
import type { Closable } from '@marquee/chassis/process/closers';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../../config.js';
import { sourceAt, type TextSource } from '../../supergraph/supergraph-source.js';

/** The trusted documents of all manifests, as they are at the moment. */
export interface Manifest {
  /** The document with this id: the one in its manifest, or its SHA-256 in hex. */
  get(id: string): string | undefined;
  /** The SHA-256 of a document in hex; undefined if it is not trusted. */
  hashOf(text: string): string | undefined;
}

export interface ManifestOptions {
  settings: Pick<
    GatewaySettings,
    'TRUSTED_DOCUMENTS' | 'TRUSTED_DOCUMENTS_FILE' | 'SUPERGRAPH_POLL_SECONDS' | 'AWS_REGION' | 'S3_ENDPOINT'
  >;
  log: Logger;
}

/** 1 while the last good version of any manifest is used, because the newest one was rejected. */
const outdated = observedValue('marquee.trusted_documents.outdated', {}, { kind: 'gauge' });

/**
 * Reads the manifests of trusted documents and polls them for changes; there are none if trusted documents are off. A
 * changed manifest that cannot be used is logged, and the one before stays in use.
 * @throws SettingsError if a file is missing or is not a manifest
 */
export async function openManifest({ settings, log }: ManifestOptions): Promise<Manifest & Closable> {
  const { TRUSTED_DOCUMENTS: mode, TRUSTED_DOCUMENTS_FILE: addresses } = settings;
  if (mode === 'off') return { ...createIndex([]), close: () => undefined };
  if (addresses.length === 0) throw settingsError(`expected a manifest, since TRUSTED_DOCUMENTS is "${mode}"`);
  const variable = 'TRUSTED_DOCUMENTS_FILE';
  const files = await Promise.all(addresses.map((address) => readFirst(sourceAt({ variable, address }, settings))));
  let index = createIndex(files);
  const poll = async (): Promise<void> => {
    const changes = await Promise.all(files.map((file) => readChange(file, log)));
    if (changes.includes(true)) index = createIndex(files);
    outdated.value = files.some(({ isOutdated }) => isOutdated) ? 1 : 0;
  };
  const timer = setInterval(createPoll(poll), settings.SUPERGRAPH_POLL_SECONDS * 1000).unref();
  return {
    get: (id) => index.get(id),
    hashOf: (text) => index.hashOf(text),
    close: () => clearInterval(timer),
  };
}

interface ManifestFile {
  source: TextSource;
  /** Those of the last version that could be used. */
  operations: readonly ManifestOperation[];
  /** Whether a later version was rejected. */
  isOutdated: boolean;
}

async function readFirst(source: TextSource): Promise<ManifestFile> {
  const text = await source.read();
  try {
    return { source, operations: readOperationManifest(text), isOutdated: false };
  } catch (error) {
    throw settingsError(`"${source.name}" is not a readable manifest: ${(error as Error).message}`);
  }
}

/** Returns whether there are other documents now. */
async function readChange(file: ManifestFile, log: Logger): Promise<boolean> {
  const { source } = file;
  let text: string | undefined;
  try {
    text = await source.changed();
  } catch (err) {
    log.error({ err, manifest: source.name }, 'cannot read the manifest; the one that is loaded stays in use');
  }
  if (text === undefined) return false;
  try {
    file.operations = readOperationManifest(text);
    file.isOutdated = false;
    log.info({ manifest: source.name, documents: file.operations.length }, 'trusted documents reloaded');
    return true;
  } catch (err) {
    file.isOutdated = true;
    log.error({ err, manifest: source.name }, 'cannot use the changed manifest; the one before stays in use');
    return false;
  }
}

/** Skips a poll while the one before is not finished. */
function createPoll(poll: () => Promise<void>): () => void {
  let isPolling = false;
  return () => {
    if (isPolling) return;
    isPolling = true;
    void poll().finally(() => (isPolling = false));
  };
}

/** The manifest of a later file wins if two have the same id for different documents. */
function createIndex(files: readonly ManifestFile[]): Manifest {
  const texts = new Map<string, string>();
  const hashes = new Map<string, string>();
  for (const { id, body } of files.flatMap(({ operations }) => operations)) {
    const hash = operationId(body);
    hashes.set(body, hash);
    texts.set(hash, body).set(id, body);
  }
  return { get: (id) => texts.get(id), hashOf: (text) => hashes.get(text) };
}

function settingsError(problem: string): SettingsError {
  return new SettingsError([`TRUSTED_DOCUMENTS_FILE: ${problem}`]);
}
