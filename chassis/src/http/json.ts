import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';

/** Answers with JSON, whole. */
export function json(response: ServerResponse, status: number, value: unknown): void {
  jsonText(response, status, JSON.stringify(value));
}

/** Answers with what is JSON already. */
export function jsonText(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

/** Answers with a GraphQL response that holds one error and no data. */
export function graphqlFailure(response: ServerResponse, status: number, error: GraphQLError): void {
  json(response, status, { errors: [{ message: error.message, extensions: error.extensions }] });
}
