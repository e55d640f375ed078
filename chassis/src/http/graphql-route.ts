import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  HeaderMap,
  type ApolloServer,
  type BaseContext,
  type HTTPGraphQLRequest,
  type HTTPGraphQLResponse,
} from '@apollo/server';
import { badInput, deadlinePassed } from '../errors/errors.js';
import type { JsonTextCodec } from '../json/lossless-json.js';
import { BodyError, readJsonBody } from './json-body.js';
import type { RequestScope } from '../telemetry/request-scope.js';
import { sendGraphqlError, sendJsonText } from './json-response.js';
import type { Handler } from './http-server.js';
import { sendPieces } from './streamed-response.js';

export interface GraphqlRouteOptions<Context extends BaseContext> {
  server: ApolloServer<Context>;
  /** The server for a body that needs another one; undefined for `server`. */
  serverFor?(body: unknown): Promise<ApolloServer<Context>> | undefined;
  /** Creates the context of a request. Its error becomes the response; a GraphQLError may set `extensions.http.status`. */
  context(request: IncomingMessage, scope: RequestScope): Context | Promise<Context>;
  /** Maximum size of the request body in bytes. Called after `context`. */
  bodyLimit(context: Context): number;
  /** Rewrites the text of a body, and of the variables of a GET request, before it is parsed. */
  codec?: JsonTextCodec;
  /**
   * Responds without Apollo Server. Called once the body is read; undefined leaves the request to the server.
   */
  fastPath?(request: IncomingMessage, body: unknown, context: Context): Promise<FastPathResponse | undefined>;
}

/**
 * A response of the fast path: JSON, unless its headers say otherwise, pieces that are sent as they come, or a function
 * that sends the response.
 */
export type FastPathResponse = (ResponseHead & { text: string }) | StreamedResponse;

type StreamedResponse =
  (ResponseHead & { pieces: AsyncIterable<string> }) | { respond(response: ServerResponse): Promise<void> };

interface ResponseHead {
  status: number;
  headers?: Map<string, string> | undefined;
}

/** Serves an Apollo Server on a path without a web framework. */
export function createGraphqlRoute<Context extends BaseContext>(options: GraphqlRouteOptions<Context>): Handler {
  return async (request, response, scope) => {
    const opened = openContext(() => options.context(request, scope));
    const context = opened instanceof Promise ? await opened : opened;
    const limit = 'value' in context ? options.bodyLimit(context.value) : 0;
    const body = await readBody(request, response, limit, options.codec);
    if (body === rejected) return;
    if (scope.cancellation.isCancelled) return sendGraphqlError(response, 504, deadlinePassed());
    const quick = 'value' in context ? await options.fastPath?.(request, body, context.value) : undefined;
    if (quick && 'text' in quick) {
      if (quick.headers) response.setHeaders(quick.headers);
      return sendJsonText(response, quick.status, quick.text);
    }
    if (quick) return sendFastPath(response, quick);
    const server = (await options.serverFor?.(body)) ?? options.server;
    const result = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toApolloRequest(request, body, options.codec),
      context: async () => {
        if ('failure' in context) throw context.failure;
        return context.value;
      },
    });
    await send(response, result);
  };
}

type OpenedContext<Context> = { value: Context } | { failure: unknown };

/** Without a promise if the context has none. */
function openContext<Context extends object>(
  open: () => Context | Promise<Context>,
): OpenedContext<Context> | Promise<OpenedContext<Context>> {
  try {
    const context = open();
    if (!(context instanceof Promise)) return { value: context };
    return context.then(
      (value) => ({ value }),
      (failure: unknown) => ({ failure }),
    );
  } catch (failure) {
    return { failure };
  }
}

async function sendFastPath(response: ServerResponse, quick: StreamedResponse): Promise<void> {
  if ('respond' in quick) return quick.respond(response);
  if (quick.headers) response.setHeaders(quick.headers);
  response.statusCode = quick.status;
  return sendPieces(response, quick.pieces);
}

const rejected = Symbol('rejected');

/** The body of a rejected caller is not read: the connection closes with the response. */
async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
  codec: JsonTextCodec | undefined,
): Promise<unknown> {
  if (limit === 0) {
    response.setHeader('connection', 'close');
    return {};
  }
  try {
    return await readJsonBody(request, limit, codec);
  } catch (failure) {
    if (!(failure instanceof BodyError)) throw failure;
    response.setHeader('connection', 'close');
    sendGraphqlError(response, failure.status, badInput({ path: 'body', message: failure.message }));
    return rejected;
  }
}

function toApolloRequest(
  request: IncomingMessage,
  body: unknown,
  codec: JsonTextCodec | undefined,
): HTTPGraphQLRequest {
  return {
    method: request.method ?? 'GET',
    headers: toHeaderMap(request),
    search: searchOf(request, codec),
    body,
  };
}

function searchOf({ url = '/' }: IncomingMessage, codec: JsonTextCodec | undefined): string {
  const { search, searchParams } = new URL(url, 'http://localhost');
  const variables = searchParams.get('variables');
  if (!codec || !variables) return search;
  searchParams.set('variables', codec.decode(variables));
  return `?${searchParams.toString()}`;
}

function toHeaderMap(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  return headers;
}

async function send(response: ServerResponse, { status, headers, body }: HTTPGraphQLResponse): Promise<void> {
  for (const [name, value] of headers) response.setHeader(name, value);
  response.statusCode = status ?? 200;
  if (body.kind === 'complete') {
    response.end(body.string);
    return;
  }
  await sendPieces(response, body.asyncIterator);
}
