import type { ClientName } from '../engine/fair-queue.js';

/** The headers in which clients send their name and version: those of Apollo's clients, and those of others. */
const headers = [
  ['apollographql-client-name', 'apollographql-client-version'],
  ['graphql-client-name', 'graphql-client-version'],
  ['x-graphql-client-name', 'x-graphql-client-version'],
] as const;

/** All headers that name a client. */
export const clientNameHeaders: readonly string[] = headers.flat();

/** A package's or an application's name. Addresses of people do not match. */
const nameShape = /^@?[a-z][a-z0-9 ._/-]{0,63}$/i;

const versionShape = /^[a-z0-9][a-z0-9.+_-]{0,31}$/i;

/** Telephone numbers, and ids that a name may contain although it must not identify an installation or a person. */
const personal = /\d{7}|[0-9a-f]{8}-[0-9a-f]{4}-/i;

/**
 * Reads the name of a client from HTTP headers, or from the payload of connection_init.
 * @returns undefined without a name, and for one that is not the name of an application
 */
export function clientNameIn(read: (name: string) => string | undefined): ClientName | undefined {
  for (const [nameHeader, versionHeader] of headers) {
    const name = read(nameHeader);
    if (name === undefined) continue;
    if (!nameShape.test(name) || personal.test(name)) return undefined;
    const version = read(versionHeader);
    return { name, version: version !== undefined && versionShape.test(version) ? version : undefined };
  }
  return undefined;
}
