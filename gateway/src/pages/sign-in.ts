import type { IncomingMessage, ServerResponse } from 'node:http';
import { header } from '@marquee/chassis/http/http-server';
import { GraphQLError } from 'graphql';
import type { PageAccess } from './page-access.js';
import { contentSecurityPolicies, pageHeaders } from './page-headers.js';

/** Maximum size of the form in bytes; a token has about 2,000. */
const maxFormBytes = 16 * 1024;

/** Why a token was rejected, with the HTTP status. */
export interface SignInRejection {
  status: number;
  reason: string;
}

/**
 * Exchanges the token of a form that was posted for a cookie, and redirects the browser to the same page.
 * @returns the reason if the token was rejected; then nothing has been sent
 */
export async function signIn(
  access: PageAccess,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<SignInRejection | undefined> {
  if (isCrossSite(request)) return { status: 403, reason: 'Submit the form from this page.' };
  const token = (await readForm(request))?.get('token')?.trim();
  if (!token) return { status: 400, reason: 'Paste an access token.' };
  try {
    const cookie = await access.createCookie(token);
    if (cookie === undefined) return { status: 403, reason: 'This token does not have the scope graph.explore.' };
    const [location = '/'] = (request.url ?? '/').split('?', 1);
    response.writeHead(303, { ...pageHeaders(contentSecurityPolicies.nothing), location, 'set-cookie': cookie }).end();
    return undefined;
  } catch (failure) {
    if (!(failure instanceof GraphQLError)) throw failure;
    return { status: 401, reason: failure.message };
  }
}

/** Browsers send `sec-fetch-site` with the origin of the form; other clients need no protection against CSRF. */
function isCrossSite(request: IncomingMessage): boolean {
  return !['same-origin', undefined].includes(header(request, 'sec-fetch-site'));
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxFormBytes) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
