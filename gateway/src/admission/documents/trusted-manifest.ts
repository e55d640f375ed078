import { readFile } from 'node:fs/promises';
import { SettingsError } from '@marquee/chassis/config/settings';
import { readOperationManifest } from '@marquee/chassis/graphql/operation-manifest';
import type { GuardSettings } from '../../guard-settings.js';

/** Documents that are trusted, by their sha256 in hex. */
export type Manifest = ReadonlyMap<string, string>;

/** Reads the manifest where documents are trusted. @throws SettingsError for one that is missing or does not fit */
export async function readManifest(
  settings: Pick<GuardSettings, 'TRUSTED_DOCUMENTS' | 'TRUSTED_DOCUMENTS_FILE'>,
): Promise<Manifest> {
  const { TRUSTED_DOCUMENTS: mode, TRUSTED_DOCUMENTS_FILE: path } = settings;
  if (mode === 'off') return new Map();
  if (path === undefined) throw unfit(`expected the manifest's path, since TRUSTED_DOCUMENTS is "${mode}"`);
  try {
    const operations = readOperationManifest(await readFile(path, 'utf8'));
    return new Map(operations.map(({ id, body }) => [id, body]));
  } catch (failure) {
    throw unfit(`"${path}" cannot be used: ${(failure as Error).message}`);
  }
}

function unfit(problem: string): SettingsError {
  return new SettingsError([`TRUSTED_DOCUMENTS_FILE: ${problem}`]);
}
