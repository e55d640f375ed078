import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';

/** Answers with JSON, whole. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendJsonText(response, status, JSON.stringify(value));
}

/** Answers with what is JSON already. */
export function sendJsonText(response: ServerResponse, status: number, text: string): void {
  // Node would encode a text twice: once to count its bytes, once to write them beside the headers.
  const bytes = Buffer.from(text);
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length })
    .end(bytes);
}

/** Answers with a GraphQL response that holds one error and no data. */
export function sendGraphqlError(response: ServerResponse, status: number, error: GraphQLError): void {
  sendJson(response, status, { errors: [{ message: error.message, extensions: error.extensions }] });
}
