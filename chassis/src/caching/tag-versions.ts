import { hash, randomUUID } from 'node:crypto';

/**
 * Versions of cache tags in Redis, by which services invalidate what gateways have cached. A cached result contains the
 * versions that its tags had before it was fetched, and is valid while they are the same: no notification can be lost,
 * and a result that was fetched before an invalidation and stored after it is never used.
 */

/** The Redis key of a tag's version. Tags are hashed, since they may contain ids of people. */
export function tagVersionKey(prefix: string, tag: string): string {
  return `${prefix}cache tag:${hash('sha256', tag, 'base64url')}`;
}

/** Seconds for which a version is kept: longer than any cached result, so that no version occurs twice for a result. */
export const tagVersionSeconds = 2 * 24 * 60 * 60;

/** A version that no tag has had before. It begins with the time, in milliseconds. */
export function newTagVersion(): string {
  return `${Date.now()} ${randomUUID()}`;
}

/** Milliseconds since a version was set; Infinity for a tag without one. */
export function tagVersionAge(version: string): number {
  return version === '' ? Infinity : Date.now() - Number.parseInt(version, 10);
}
