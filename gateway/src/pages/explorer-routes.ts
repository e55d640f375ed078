import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handler, header, type Routes } from '@marquee/chassis/http/http-server';
import { GraphQLError } from 'graphql';
import type { PageAccess } from './page-access.js';
import { pageHeaders, contentSecurityPolicies } from './page-headers.js';
import { allowMethods } from './allowed-methods.js';
import { explorerDocument, sandboxDocument } from './templates/explorer-documents.js';
import { signInDocument } from './templates/sign-in-document.js';
import type { Html } from './templates/html.js';

/** Maximum size of the form in bytes; a token has about 2,000. */
const maxFormBytes = 16 * 1024;

/** `/explorer` and `/sandbox`. A visitor without access gets the sign-in page; its form posts to the same path. */
export function explorerRoutes(access: PageAccess): Routes {
  return {
    '/explorer': explorerPage(access, explorerDocument, contentSecurityPolicies.explorer),
    '/sandbox': explorerPage(access, sandboxDocument, contentSecurityPolicies.sandbox),
  };
}

function explorerPage(access: PageAccess, document: Html, policy: string): Handler {
  return allowMethods(['GET', 'HEAD', 'POST'], async (request, response) => {
    if (request.method === 'POST') return signIn(access, request, response);
    if (await access.canOpenExplorer(request)) return send(response, 200, document, policy);
    return send(response, 401, signInDocument());
  });
}

async function signIn(access: PageAccess, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refuse = (status: number, reason: string): void => send(response, status, signInDocument(reason));
  if (isCrossSite(request)) return refuse(403, 'Submit the form from this page.');
  const token = (await readForm(request))?.get('token')?.trim();
  if (!token) return refuse(400, 'Paste an access token.');
  try {
    const cookie = await access.createCookie(token);
    if (cookie === undefined) return refuse(403, 'This token does not have the scope graph.explore.');
    const [location = '/'] = (request.url ?? '/').split('?', 1);
    response.writeHead(303, { ...pageHeaders(contentSecurityPolicies.nothing), location, 'set-cookie': cookie }).end();
  } catch (failure) {
    if (!(failure instanceof GraphQLError)) throw failure;
    refuse(401, failure.message);
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

function send(
  response: ServerResponse,
  status: number,
  document: Html,
  policy: string = contentSecurityPolicies.page,
): void {
  response.writeHead(status, { ...pageHeaders(policy), 'content-type': 'text/html; charset=utf-8' }).end(document.text);
}
