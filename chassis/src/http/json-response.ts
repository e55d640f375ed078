import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';

/** Sends a value as JSON and ends the response. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendJsonText(response, status, JSON.stringify(value));
}

/** Sends JSON text and ends the response. The content type is JSON unless the response has another one already. */
export function sendJsonText(response: ServerResponse, status: number, text: string): void {
  // Node would encode a string twice: once to count its bytes, once to write them after the headers.
  const bytes = Buffer.from(text);
  const type = response.getHeader('content-type') ?? 'application/json; charset=utf-8';
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}

/** Sends a GraphQL response with one error and no data. */
export function sendGraphqlError(response: ServerResponse, status: number, error: GraphQLError): void {
  sendJson(response, status, { errors: [{ message: error.message, extensions: error.extensions }] });
}
