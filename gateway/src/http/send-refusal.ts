import type { ServerResponse } from 'node:http';
import { sendGraphqlError } from '@marquee/chassis/http/json-response';
import { GraphQLError } from 'graphql';
import { refusalOf } from '../admission/refusals.js';

/** Responds to a request that is refused before its operation is read. */
export function sendRefusal(response: ServerResponse, error: GraphQLError): void {
  const { status, headers } = refusalOf([error]);
  for (const [name, value] of headers) response.setHeader(name, value);
  const { http: _, ...extensions } = error.extensions;
  sendGraphqlError(response, status, new GraphQLError(error.message, { extensions }));
}
