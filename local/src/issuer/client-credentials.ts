import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler } from '@marquee/chassis/http/http-server';
import { sendJson } from '@marquee/chassis/http/json-response';
import { authenticate } from './clients.js';
import type { TokenIssuer } from './tokens.js';

/** Lifetime of a machine client's token, in seconds. */
const lifetime = 3600;

/** Largest accepted form, in bytes. */
const maxFormBytes = 8 * 1024;

/** `POST /oauth2/token` as in Amazon Cognito: a form and HTTP Basic. Errors are 400 with a code of RFC 6749, section 5.2. */
export function clientCredentials(tokens: TokenIssuer, scopePrefix: string): Handler {
  return async (request, response) => {
    if (request.method !== 'POST') return rejectMethod(response, 'POST');
    const form = await readForm(request);
    if (form === undefined) return rejectRequest(response, 'invalid_request');
    const client = authenticate(request.headers.authorization);
    if (client === undefined) return rejectRequest(response, 'invalid_client');
    if (form.get('grant_type') === null) return rejectRequest(response, 'invalid_request');
    if (form.get('grant_type') !== 'client_credentials') return rejectRequest(response, 'unsupported_grant_type');
    const allowed = client.scopes.map((scope) => scopePrefix + scope);
    const requested = form.get('scope')?.split(' ').filter(Boolean) ?? [];
    if (requested.some((scope) => !allowed.includes(scope))) return rejectRequest(response, 'invalid_scope');
    const scopes = requested.length > 0 ? [...new Set(requested)] : allowed;
    sendToken(response, await tokens.issueForClient(client.id, scopes, lifetime));
  };
}

/** Sends a token with a header that forbids caching. */
export function sendToken(response: ServerResponse, value: object): void {
  response.setHeader('cache-control', 'no-store');
  sendJson(response, 200, value);
}

/** Responds 405 and names the one allowed method. */
export function rejectMethod(response: ServerResponse, allowed: string): void {
  response.setHeader('allow', allowed);
  sendJson(response, 405, { error: 'invalid_request' });
}

function rejectRequest(response: ServerResponse, error: string): void {
  sendJson(response, 400, { error });
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxFormBytes) chunks.push(chunk);
  }
  const [type] = (request.headers['content-type'] ?? '').split(';');
  const isForm = type?.trim().toLowerCase() === 'application/x-www-form-urlencoded';
  return isForm && length <= maxFormBytes ? new URLSearchParams(Buffer.concat(chunks).toString('utf8')) : undefined;
}
