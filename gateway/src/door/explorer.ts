import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handler, header, type Routes } from '@marquee/chassis/http/server';
import { GraphQLError } from 'graphql';
import type { Access } from './access.js';
import { guarded, policies } from './headers.js';
import { only } from './method.js';
import { explorerDocument, sandboxDocument } from './pages/explorer.js';
import { gateDocument } from './pages/gate.js';
import type { Html } from './pages/html.js';

/** Largest form in bytes; tokens have some two thousand. */
const formLimit = 16 * 1024;

/** `/explorer` and `/sandbox`. Who is not known there is asked for a token, which is posted to the page itself. */
export function explorerPages(access: Access): Routes {
  return {
    '/explorer': explorerPage(access, explorerDocument, policies.explorer),
    '/sandbox': explorerPage(access, sandboxDocument, policies.sandbox),
  };
}

function explorerPage(access: Access, document: Html, policy: string): Handler {
  return only(['GET', 'HEAD', 'POST'], async (request, response) => {
    if (request.method === 'POST') return signIn(access, request, response);
    if (await access.seesExplorer(request)) return send(response, 200, document, policy);
    return send(response, 401, gateDocument());
  });
}

async function signIn(access: Access, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refuse = (status: number, reason: string): void => send(response, status, gateDocument(reason));
  if (isFromElsewhere(request)) return refuse(403, 'The form must be sent from this page.');
  const token = (await readForm(request))?.get('token')?.trim();
  if (!token) return refuse(400, 'Paste a token.');
  try {
    const cookie = await access.cookieFor(token);
    if (cookie === undefined) return refuse(403, 'This token does not have the scope graph.explore.');
    const [location = '/'] = (request.url ?? '/').split('?', 1);
    response.writeHead(303, { ...guarded(policies.nothing), location, 'set-cookie': cookie }).end();
  } catch (failure) {
    if (!(failure instanceof GraphQLError)) throw failure;
    refuse(401, failure.message);
  }
}

/** Browsers say where a form was sent from. */
function isFromElsewhere(request: IncomingMessage): boolean {
  return !['same-origin', undefined].includes(header(request, 'sec-fetch-site'));
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > formLimit) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

function send(response: ServerResponse, status: number, document: Html, policy: string = policies.page): void {
  response.writeHead(status, { ...guarded(policy), 'content-type': 'text/html; charset=utf-8' }).end(document.text);
}
