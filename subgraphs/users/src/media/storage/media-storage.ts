import type { Upload } from '../media-rules.js';
import type { Rendition } from '../processing/processing-result.js';

/** Stores files: uploads that have not been processed, and public files. */
export interface MediaStorage {
  /** Permits the upload of one file for this media id, with a maximum size, an exact content type and an expiry. */
  presignUpload(mediaId: string, upload: Upload): Promise<PresignedPost>;
  /** Reads the upload of this media id; null if it does not exist. */
  readUpload(mediaId: string): Promise<Buffer | null>;
  /** Deletes the upload of this media id, if there is one. */
  deleteUpload(mediaId: string): Promise<void>;
  /** Stores a file under a public key. The file must never change afterwards. */
  publish(key: string, rendition: Rendition): Promise<void>;
  /** Deletes public files; missing ones are ignored. */
  unpublish(keys: readonly string[]): Promise<void>;
  publicUrl(key: string): string;
}

/** A multipart/form-data POST of these fields, followed by the file as `file`, is accepted at `url` until it expires. */
export interface PresignedPost {
  url: string;
  fields: Readonly<Record<string, string>>;
  expiresAt: Date;
}

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
};

/** Files below this prefix are never served. */
export const uploadsFolder = 'incoming/';

/** Files below this prefix are public under addresses that cannot be guessed: an id contains 74 random bits. */
export const publicFolder = 'media/';

/** The key of an upload, without any part that the client chose. */
export function uploadKey(mediaId: string): string {
  return `${uploadsFolder}${mediaId}`;
}

export function originalKey(mediaId: string, contentType: string): string {
  return `${publicFolder}${mediaId}/original.${extensions[contentType] ?? 'bin'}`;
}

export function thumbnailKey(mediaId: string): string {
  return `${publicFolder}${mediaId}/thumbnail.jpg`;
}

/**
 * One year, since the file of a key never changes. Shared caches, such as CloudFront, look every hour whether it was
 * removed.
 */
export const cacheControl = 'public, max-age=31536000, s-maxage=3600, immutable';

/** Documents are saved instead of displayed, so that they cannot act as a page of the site that serves them. */
export function contentDisposition(contentType: string): string {
  return contentType === 'application/pdf' ? 'attachment' : 'inline';
}
