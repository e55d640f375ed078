import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';

/** Sends a value as JSON and ends the response. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendJsonText(response, status, JSON.stringify(value));
}

/** Sends JSON text and ends the response. The content type is JSON unless the response has another one already. */
export function sendJsonText(response: ServerResponse, status: number, text: string): void {
  const length = Buffer.byteLength(text);
  const type = response.getHeader('content-type') ?? 'application/json; charset=utf-8';
  response.writeHead(status, { 'content-type': type, 'content-length': length });
  // ASCII is the same in Latin-1, which Node copies with the headers. It would encode any other string twice.
  if (length === text.length) response.end(text, 'latin1');
  else response.end(Buffer.from(text));
}

/** Sends a GraphQL response with one error and no data. */
export function sendGraphqlError(response: ServerResponse, status: number, error: GraphQLError): void {
  sendJson(response, status, { errors: [{ message: error.message, extensions: error.extensions }] });
}
