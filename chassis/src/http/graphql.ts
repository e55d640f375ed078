import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeaderMap, type ApolloServer, type BaseContext, type HTTPGraphQLResponse } from '@apollo/server';
import { badInput, tooLate } from '../errors/errors.js';
import { BodyError, readJson } from './body.js';
import type { RequestScope } from '../telemetry/request.js';
import { graphqlFailure, jsonText } from './json.js';
import type { Handler } from './server.js';

export interface GraphqlRouteOptions<Context extends BaseContext> {
  server: ApolloServer<Context>;
  /** The context of one operation. What it throws becomes the answer; a GraphQLError may set `extensions.http.status`. */
  context(request: IncomingMessage, scope: RequestScope): Promise<Context>;
  /** The largest body in bytes for this request; asked after `context`. */
  bodyLimit(context: Context): number;
  /** Answers without the server, where it can; asked after the body is read. */
  short?(request: IncomingMessage, body: unknown, context: Context): Promise<ShortAnswer | undefined>;
}

/** An answer as JSON. */
export interface ShortAnswer {
  status: number;
  text: string;
  headers?: Map<string, string> | undefined;
}

/** Puts an Apollo server on a path, with no web framework between. */
export function graphqlRoute<Context extends BaseContext>(options: GraphqlRouteOptions<Context>): Handler {
  return async (request, response, scope) => {
    const context = await options.context(request, scope).then(
      (value) => ({ value }),
      (failure: unknown) => ({ failure }),
    );
    const body = await bodyOf(request, response, 'value' in context ? options.bodyLimit(context.value) : 0);
    if (body === refused) return;
    if (scope.leaving.gone) return graphqlFailure(response, 504, tooLate());
    const short = 'value' in context ? await options.short?.(request, body, context.value) : undefined;
    if (short) {
      if (short.headers) response.setHeaders(short.headers);
      return jsonText(response, short.status, short.text);
    }
    const answer = await options.server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? 'GET',
        headers: headerMap(request),
        search: new URL(request.url ?? '/', 'http://localhost').search,
        body,
      },
      context: async () => {
        if ('failure' in context) throw context.failure;
        return context.value;
      },
    });
    await send(response, answer);
  };
}

const refused = Symbol('refused');

/** A caller who was refused does not get their body read: the connection ends with the answer. */
async function bodyOf(request: IncomingMessage, response: ServerResponse, limit: number): Promise<unknown> {
  if (limit === 0) {
    response.setHeader('connection', 'close');
    return {};
  }
  try {
    return await readJson(request, limit);
  } catch (failure) {
    if (!(failure instanceof BodyError)) throw failure;
    response.setHeader('connection', 'close');
    graphqlFailure(response, failure.status, badInput({ path: 'body', message: failure.message }));
    return refused;
  }
}

function headerMap(request: IncomingMessage): HeaderMap {
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
  for await (const chunk of body.asyncIterator) response.write(chunk);
  response.end();
}
