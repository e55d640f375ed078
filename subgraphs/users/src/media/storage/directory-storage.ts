import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { v7 } from 'uuid';
import { type MediaStorage, publicFolder, uploadKey, uploadsFolder } from './media-storage.js';
import { signedFields } from './upload-policy.js';

export interface DirectoryStorage extends MediaStorage {
  /** Stores an upload atomically. */
  storeUpload(mediaId: string, bytes: Buffer): Promise<void>;
  /** The media ids that have an upload. */
  pendingUploads(): Promise<string[]>;
  /** Reads a public file; null if it does not exist. The caller must validate the key. */
  readPublished(key: string): Promise<Buffer | null>;
}

export interface DirectoryOptions {
  directory: string;
  /** The address of this service for clients. */
  url: string;
  /** How long an upload policy is valid. */
  validSeconds: number;
  /** The key that signs upload policies. */
  secret: Buffer;
}

/** Files are written here and then renamed, so that a reader never sees an incomplete file. */
const temporaryFolder = 'drafts/';

/** Longer than a file is written: drafts that are older were left by a process that has ended. */
const maxDraftMs = 3_600_000;

/** Stores files in a directory that all replicas share: the storage of the embedded run. */
export async function openDirectoryStorage(options: DirectoryOptions): Promise<DirectoryStorage> {
  const { directory, url, validSeconds, secret } = options;
  const pathOf = (key: string) => join(directory, key);
  const remove = (key: string) => rm(pathOf(key), { force: true });
  for (const folder of [temporaryFolder, uploadsFolder, publicFolder]) await mkdir(pathOf(folder), { recursive: true });
  await removeOldDrafts(pathOf(temporaryFolder));

  return {
    async presignUpload(mediaId, { contentType, bytes }) {
      const expiresAt = new Date(Date.now() + validSeconds * 1000);
      const policy = { key: uploadKey(mediaId), contentType, bytes, expiresAt };
      return { url: `${url}/uploads`, fields: signedFields(policy, secret), expiresAt };
    },
    storeUpload: (mediaId, bytes) => write(uploadKey(mediaId), bytes),
    readUpload: (mediaId) => readIfExists(pathOf(uploadKey(mediaId))),
    deleteUpload: (mediaId) => remove(uploadKey(mediaId)),
    pendingUploads: () => readdir(pathOf(uploadsFolder)),
    publish: (key, { bytes }) => write(key, bytes),
    readPublished: (key) => readIfExists(pathOf(key)),
    unpublish: async (keys) => void (await Promise.all(keys.map(remove))),
    publicUrl: (key) => `${url}/${key}`,
  };

  function write(key: string, bytes: Buffer): Promise<void> {
    return writeAtomically(pathOf(key), bytes, pathOf(`${temporaryFolder}${v7()}`));
  }
}

async function writeAtomically(path: string, bytes: Buffer, temporaryPath: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporaryPath, bytes);
    await rename(temporaryPath, path);
  } catch (failure) {
    await rm(temporaryPath, { force: true });
    throw failure;
  }
}

/** Another replica may be writing the newer ones, and removing the same old ones. */
async function removeOldDrafts(folder: string): Promise<void> {
  const oldest = Date.now() - maxDraftMs;
  for (const name of await readdir(folder)) {
    const draft = await stat(join(folder, name)).catch(() => null);
    if (draft !== null && draft.mtimeMs < oldest) await rm(join(folder, name), { force: true });
  }
}

async function readIfExists(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw failure;
  }
}
