import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SettingsError } from '@marquee/chassis/config/settings';
import { z } from 'zod';
import type { GuardSettings } from './settings.js';

/** Documents that are trusted, by their sha256 in hex. */
export type Manifest = ReadonlyMap<string, string>;

/** Reads the manifest where documents are trusted. @throws SettingsError for one that is missing or does not fit */
export async function readManifest(
  settings: Pick<GuardSettings, 'TRUSTED_DOCUMENTS' | 'TRUSTED_DOCUMENTS_FILE'>,
): Promise<Manifest> {
  const { TRUSTED_DOCUMENTS: mode, TRUSTED_DOCUMENTS_FILE: path } = settings;
  if (mode === 'off') return new Map();
  if (path === undefined) throw unfit(`expected the manifest's path, since TRUSTED_DOCUMENTS is "${mode}"`);
  const manifest = shape.safeParse(await parsed(path));
  if (!manifest.success) throw unfit(`"${path}" is not a JSON object of sha256 to document`);
  for (const [hash, text] of Object.entries(manifest.data))
    if (hashOf(text) !== hash) throw unfit(`"${path}" has another document than that of ${hash}`);
  return new Map(Object.entries(manifest.data));
}

/** What a document is known by. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const shape = z.record(z.string(), z.string());

async function parsed(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (failure) {
    throw unfit(`cannot read "${path}": ${(failure as Error).message}`);
  }
}

function unfit(problem: string): SettingsError {
  return new SettingsError([`TRUSTED_DOCUMENTS_FILE: ${problem}`]);
}
