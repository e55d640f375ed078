import { readFile } from 'node:fs/promises';
import { SettingsError } from '@marquee/chassis/config/settings';
import { readOperationManifest } from '@marquee/chassis/graphql/operation-manifest';
import type { GatewaySettings } from '../../config.js';

/** Trusted documents by their SHA-256 in hex. */
export type Manifest = ReadonlyMap<string, string>;

/**
 * Reads the manifest of trusted documents; empty if they are off.
 * @throws SettingsError if the file is missing or is not a manifest
 */
export async function readManifest(
  settings: Pick<GatewaySettings, 'TRUSTED_DOCUMENTS' | 'TRUSTED_DOCUMENTS_FILE'>,
): Promise<Manifest> {
  const { TRUSTED_DOCUMENTS: mode, TRUSTED_DOCUMENTS_FILE: path } = settings;
  if (mode === 'off') return new Map();
  if (path === undefined) throw fileError(`expected the path of a manifest, since TRUSTED_DOCUMENTS is "${mode}"`);
  try {
    const operations = readOperationManifest(await readFile(path, 'utf8'));
    return new Map(operations.map(({ id, body }) => [id, body]));
  } catch (error) {
    throw fileError(`"${path}" is not a readable manifest: ${(error as Error).message}`);
  }
}

function fileError(problem: string): SettingsError {
  return new SettingsError([`TRUSTED_DOCUMENTS_FILE: ${problem}`]);
}
