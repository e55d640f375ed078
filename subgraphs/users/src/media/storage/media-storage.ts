import type { Upload } from '../media-rules.js';
import type { Rendition } from '../processing/processing-result.js';

/** Where files are kept: what is uploaded and not yet judged, and what is served. */
export interface MediaStorage {
  /** The right to upload one file for this media id: only this size at most, only this content type, only for a while. */
  presignUpload(mediaId: string, upload: Upload): Promise<PresignedPost>;
  /** What was uploaded for this media id; null when nothing is there (any more). */
  readUpload(mediaId: string): Promise<Buffer | null>;
  /** Forgets what was uploaded; nothing happens when nothing is there. */
  deleteUpload(mediaId: string): Promise<void>;
  /** Keeps a file under a key that the world may read from now on. It must never change afterwards. */
  publish(key: string, rendition: Rendition): Promise<void>;
  /** Takes files out of sight; those that are not there do not count. */
  unpublish(keys: readonly string[]): Promise<void>;
  /** Where the world reads a key. */
  publicUrl(key: string): string;
}

/** A multipart/form-data POST of these fields, then the file as `file`, is accepted at `url` until it expires. */
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

/** Nothing below is ever served. */
export const uploadsFolder = 'incoming/';

/** Everything below is public to whoever knows its name, which nobody guesses: an id holds 74 random bits. */
export const publicFolder = 'media/';

/** The name that the server chooses for an upload; nothing of it comes from the client. */
export function uploadKey(mediaId: string): string {
  return `${uploadsFolder}${mediaId}`;
}

export function originalKey(mediaId: string, contentType: string): string {
  return `${publicFolder}${mediaId}/original.${extensions[contentType] ?? 'bin'}`;
}

export function thumbnailKey(mediaId: string): string {
  return `${publicFolder}${mediaId}/thumbnail.jpg`;
}

/** Browsers keep it for a year: what is under a key never changes. */
export const cacheControl = 'public, max-age=31536000, immutable';

/** A document is not shown by the browser but saved, where it is no page of the site that serves it. */
export function contentDisposition(contentType: string): string {
  return contentType === 'application/pdf' ? 'attachment' : 'inline';
}
