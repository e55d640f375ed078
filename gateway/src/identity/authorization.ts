import type { Credentials } from './identity.js';

/** Values that clients without a token send: an empty one, and JavaScript's `null` and `undefined` as text. */
const absent = /^\s*$|^\s*(bearer\s+)?(null|undefined)\s*$/i;

/** The value of an `authorization` header; undefined if there is none, or if it contains no token. */
export function authorizationIn(credentials: Credentials): string | undefined {
  const value = credentials('authorization');
  return value === undefined || absent.test(value) ? undefined : value;
}
