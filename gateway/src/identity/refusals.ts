import { HeaderMap } from '@apollo/server';
import { badInput, forbidden, unauthenticated, upstreamUnavailable } from '@marquee/chassis/errors/errors';
import { GraphQLError } from 'graphql';

/** A token that does not count: HTTP 401, with the reason and nothing of the token. */
export function tokenRefused(reason: string): GraphQLError {
  return withHttp(unauthenticated(`The token is refused: ${reason}.`), 401, [
    ['www-authenticate', 'Bearer error="invalid_token"'],
  ]);
}

/** A token counts and its user does not: HTTP 401. */
export function userRefused(reason: string): GraphQLError {
  return withHttp(unauthenticated(reason), 401);
}

/** A token is needed: HTTP 401. */
export function tokenMissing(reason: string): GraphQLError {
  return withHttp(unauthenticated(reason), 401, [['www-authenticate', 'Bearer']]);
}

/** A caller of whom nothing that they ask here is answered: HTTP 403. */
export function callerRefused(reason: string): GraphQLError {
  return withHttp(forbidden(reason), 403);
}

/** Headers that contradict each other or say nothing: HTTP 400. */
export function headersRefused(header: string, message: string): GraphQLError {
  return withHttp(badInput({ path: header, message }), 400);
}

/** Who asks cannot be told now: HTTP 503. */
export function identityUnavailable(service: string): GraphQLError {
  return withHttp(upstreamUnavailable(service), 503);
}

function withHttp(error: GraphQLError, status: number, headers: [string, string][] = []): GraphQLError {
  return new GraphQLError(error.message, {
    extensions: { ...error.extensions, http: { status, headers: new HeaderMap(headers) } },
  });
}
