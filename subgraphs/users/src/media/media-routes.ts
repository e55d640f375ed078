import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '@marquee/chassis/http/json-response';
import type { Handler } from '@marquee/chassis/http/http-server';
import type { DirectoryStorage } from './storage/directory-storage.js';
import { parseUploadForm } from './storage/upload-form.js';
import { UploadFormError, verifyPolicy } from './storage/upload-policy.js';
import { cacheControl, contentDisposition, uploadsFolder } from './storage/media-storage.js';

/**
 * What a bucket and a distribution are in the cloud. These paths answer without a signed caller: for an upload the
 * signed policy is the right, and what is served is public to whoever knows its name.
 */

export interface UploadRouteOptions {
  storage: DirectoryStorage;
  /** What policies are signed with. */
  secret: Buffer;
  /** Whether nothing has been uploaded yet for this media id. */
  isPending(mediaId: string): Promise<boolean>;
  /** Called when an upload has come in. */
  onUpload(mediaId: string): void;
}

/** Any page may upload with a ticket and show what is public: no cookie or other right of the browser counts here. */
const fromAnywhere = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** Takes uploads in: 204, or the reason as JSON. */
export function uploadRoute({ storage, secret, isPending, onUpload }: UploadRouteOptions): Handler {
  return async (request, response) => {
    setHeaders(response, { ...fromAnywhere, 'access-control-allow-headers': '*' });
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    if (request.method !== 'POST') return refuseMethod(response, 'POST');
    try {
      const { policy, bytes } = await parseUploadForm(request, (fields) => verifyPolicy(fields, secret));
      const mediaId = policy.key.slice(uploadsFolder.length);
      if (!(await isPending(mediaId)))
        throw new UploadFormError(409, 'AlreadyUploaded', 'A file was uploaded with this policy before.');
      await storage.storeUpload(mediaId, bytes);
      onUpload(mediaId);
      response.writeHead(204).end();
    } catch (failure) {
      if (!(failure instanceof UploadFormError)) throw failure;
      await drained(request);
      sendJson(response, failure.status, { code: failure.code, message: failure.message });
    }
  };
}

/** Serves what is public, so that a browser takes it for nothing but what it is. */
export function publicRoute(storage: DirectoryStorage): Handler {
  return async (request, response) => {
    setHeaders(response, fromAnywhere);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuseMethod(response, 'GET, HEAD');
    const name = publicName.exec(request.url?.split('?', 1)[0] ?? '');
    const bytes = name ? await storage.readPublished(name[0].slice(1)) : null;
    if (bytes === null) return sendJson(response, 404, { message: 'There is nothing at this path.' });
    const contentType = contentTypes[name?.[1] ?? ''] ?? 'application/octet-stream';
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

/** The names that this service gives, and no others: no path leads elsewhere. */
const publicName = /^\/media\/[0-9a-f-]{36}\/(?:original|thumbnail)\.(jpg|png|webp|pdf)$/;

const contentTypes: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  pdf: 'application/pdf',
};

/** A client that is still sending does not read an answer: what is left of its request is read and dropped. */
async function drained(request: IncomingMessage): Promise<void> {
  request.unpipe();
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => request.once('end', resolve).once('close', resolve).resume());
}

function refuseMethod(response: ServerResponse, allow: string): void {
  response.setHeader('allow', allow);
  sendJson(response, 405, { message: `Only ${allow} is answered here.` });
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}
