import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';

/** The extensions of an error that refuses a request. */
export interface RefusalExtensions {
  code?: string;
  retryAfterSeconds?: number;
  /** Apollo Server reads `extensions.http`; clients never see it. */
  http?: { status: number; headers: HeaderMap };
}

/** The error with the status and the headers of its HTTP response. */
export function withHttp(
  { message, extensions }: GraphQLError,
  status: number,
  headers: [string, string][] = [],
): GraphQLError {
  const http: RefusalExtensions['http'] = { status, headers: new HeaderMap(headers) };
  return new GraphQLError(message, { extensions: { ...extensions, http } });
}
