/** The refusals of callers: tokens, users and paths. */
import { badInput, forbidden, unauthenticated, upstreamUnavailable } from '@marquee/chassis/errors/errors';
import { GraphQLError } from 'graphql';
import { type RefusalExtensions, withHttp } from './refusal-extensions.js';

/** @param reason the problem with the token, without any part of it */
export function tokenRefused(reason: string): GraphQLError {
  const error = unauthenticated(`The access token is refused: ${reason}.`);
  return withHttp(error, 401, [['www-authenticate', 'Bearer error="invalid_token"']]);
}

export function tokenExpired(): GraphQLError {
  return tokenRefused(expired);
}

const expired = 'expired (exp)';

export function isTokenExpired({ message }: Error): boolean {
  return message === tokenExpired().message;
}

/** Whether the caller needs another token (`invalid_token` of RFC 6750). */
export function isTokenRefused(failure: Error): boolean {
  const { http } = (failure instanceof GraphQLError ? failure.extensions : {}) as RefusalExtensions;
  return http?.headers.get('www-authenticate')?.includes('invalid_token') ?? false;
}

/** The token is valid; its user is not. */
export function userRefused(reason: string): GraphQLError {
  return withHttp(unauthenticated(reason), 401);
}

export function tokenMissing(reason: string): GraphQLError {
  return withHttp(unauthenticated(reason), 401, [['www-authenticate', 'Bearer']]);
}

/** The caller is known and may use nothing at this path. */
export function callerRefused(reason: string): GraphQLError {
  return withHttp(forbidden(reason), 403);
}

export function headerMalformed(header: string, message: string): GraphQLError {
  return withHttp(badInput({ path: header, message }), 400);
}

/** The caller cannot be identified at the moment. */
export function identityUnavailable(service: string): GraphQLError {
  return withHttp(upstreamUnavailable(service), 503);
}
