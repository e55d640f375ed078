/** Values that clients without a token send: an empty one, and JavaScript's `null` and `undefined` as text. */
const absent = /^\s*$|^\s*(bearer\s+)?(null|undefined)\s*$/i;

/** The value of an `authorization` header, or undefined if it contains no token. */
export function presentToken(authorization: string | undefined): string | undefined {
  return authorization === undefined || absent.test(authorization) ? undefined : authorization;
}
