import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { v7 } from 'uuid';
import { signedFields } from './upload-policy.js';
import { publicFolder, type MediaStorage, uploadKey, uploadsFolder } from './media-storage.js';

export interface DirectoryStorage extends MediaStorage {
  /** Takes an upload in, whole or not at all. */
  storeUpload(mediaId: string, bytes: Buffer): Promise<void>;
  /** The media ids of which something is uploaded. */
  pendingUploads(): Promise<string[]>;
  /** What is public under a key; null when nothing is. The caller vouches for the key. */
  readPublished(key: string): Promise<Buffer | null>;
}

export interface DirectoryOptions {
  directory: string;
  /** Where clients reach this service. */
  url: string;
  ticketSeconds: number;
  /** What policies are signed with. */
  secret: Buffer;
}

/** Files are written here and moved where they belong: a reader never meets half of one. */
const draftsFolder = 'drafts/';

/** Keeps files in a directory of this machine, for one process and for people who try things out. */
export async function openDirectoryStorage(options: DirectoryOptions): Promise<DirectoryStorage> {
  const { directory, url, ticketSeconds, secret } = options;
  const at = (key: string) => join(directory, key);
  await rm(at(draftsFolder), { recursive: true, force: true });
  for (const folder of [draftsFolder, uploadsFolder, publicFolder]) await mkdir(at(folder), { recursive: true });

  return {
    async presignUpload(mediaId, { contentType, bytes }) {
      const expiresAt = new Date(Date.now() + ticketSeconds * 1000);
      const policy = { key: uploadKey(mediaId), contentType, bytes, expiresAt };
      return { url: `${url}/uploads`, fields: signedFields(policy, secret), expiresAt };
    },
    storeUpload: (mediaId, bytes) => write(uploadKey(mediaId), bytes),
    readUpload: (mediaId) => read(at(uploadKey(mediaId))),
    deleteUpload: (mediaId) => rm(at(uploadKey(mediaId)), { force: true }),
    pendingUploads: () => readdir(at(uploadsFolder)),
    publish: (key, { bytes }) => write(key, bytes),
    readPublished: (key) => read(at(key)),
    unpublish: async (keys) => void (await Promise.all(keys.map((key) => rm(at(key), { force: true })))),
    publicUrl: (key) => `${url}/${key}`,
  };

  function write(key: string, bytes: Buffer): Promise<void> {
    return replace(at(key), bytes, at(`${draftsFolder}${v7()}`));
  }
}

async function replace(path: string, bytes: Buffer, draft: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch (failure) {
    await rm(draft, { force: true });
    throw failure;
  }
}

async function read(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw failure;
  }
}
