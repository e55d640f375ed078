import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler } from '@marquee/chassis/http/http-server';
import { sendJson } from '@marquee/chassis/http/json-response';
import type { DirectoryStorage } from './storage/directory-storage.js';
import { cacheControl, contentDisposition, uploadsFolder } from './storage/media-storage.js';
import { parseUploadForm } from './storage/upload-form.js';
import { UploadFormError, verifyPolicy } from './storage/upload-policy.js';

/**
 * The local replacement of a bucket and its distribution. These routes need no signed caller: an upload is authorized by
 * its signed policy, and served files are public under addresses that cannot be guessed.
 */

export interface UploadRouteOptions {
  storage: DirectoryStorage;
  /** The key that signs upload policies. */
  secret: Buffer;
  /** The owner of a media id that has no upload yet; null for others. */
  findOwner(mediaId: string): Promise<string | null>;
  /** Whether too many uploads wait for their processing. */
  isFull(): boolean;
  /** Called after an upload was stored. */
  onUpload(mediaId: string, ownerId: string): void;
}

/** Pages of any origin may upload with a policy and embed public files: no cookie or other ambient authority is used. */
const corsHeaders = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** Receives uploads. Responds with 204, or with the error as JSON. */
export function uploadRoute({ storage, secret, findOwner, isFull, onUpload }: UploadRouteOptions): Handler {
  return async (request, response) => {
    setHeaders(response, { ...corsHeaders, 'access-control-allow-headers': '*' });
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    if (request.method !== 'POST') return rejectMethod(response, 'POST');
    try {
      const { policy, bytes } = await parseUploadForm(request, (fields) => verifyPolicy(fields, secret));
      const mediaId = policy.key.slice(uploadsFolder.length);
      if (isFull())
        throw new UploadFormError(503, 'SlowDown', 'Too many uploads are being processed. Try again later.');
      const ownerId = await findOwner(mediaId);
      if (ownerId === null)
        throw new UploadFormError(409, 'AlreadyUploaded', 'A file has already been uploaded with this policy.');
      await storage.storeUpload(mediaId, bytes);
      onUpload(mediaId, ownerId);
      response.writeHead(204).end();
    } catch (failure) {
      if (!(failure instanceof UploadFormError)) throw failure;
      await drain(request);
      sendJson(response, failure.status, { code: failure.code, message: failure.message });
    }
  };
}

/** Serves public files, with headers that keep a browser from interpreting them as anything else. */
export function publicRoute(storage: DirectoryStorage): Handler {
  return async (request, response) => {
    setHeaders(response, corsHeaders);
    if (request.method !== 'GET' && request.method !== 'HEAD') return rejectMethod(response, 'GET, HEAD');
    const match = publicPath.exec(request.url?.split('?', 1)[0] ?? '');
    const bytes = match ? await storage.readPublished(match[0].slice(1)) : null;
    if (bytes === null) return sendJson(response, 404, { message: 'There is no file at this path.' });
    const contentType = contentTypes[match?.[1] ?? ''] ?? 'application/octet-stream';
    setHeaders(response, {
      'content-type': contentType,
      'content-length': String(bytes.length),
      'content-disposition': contentDisposition(contentType),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': cacheControl,
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };
}

/** Exactly the paths that this service publishes, so that no path can leave the public folder. */
const publicPath = /^\/media\/[0-9a-f-]{36}\/(?:original|thumbnail)\.(jpg|png|webp|pdf)$/;

const contentTypes: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  pdf: 'application/pdf',
};

/** A client that is still sending does not read the response: the rest of the request is read and dropped. */
async function drain(request: IncomingMessage): Promise<void> {
  request.unpipe();
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => request.once('end', resolve).once('close', resolve).resume());
}

function rejectMethod(response: ServerResponse, allow: string): void {
  response.setHeader('allow', allow);
  sendJson(response, 405, { message: `Only ${allow} is allowed here.` });
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}
