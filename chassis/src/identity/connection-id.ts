import type { IncomingMessage } from 'node:http';
import { header } from '../http/http-server.js';

/**
 * The header in which the gateway sends a mutation's connection, if the mutation has a field with `@whileConnected`. The
 * gateway does not forward it from clients.
 */
export const connectionHeader = 'x-marquee-connection';

/** The id of the WebSocket over which a client sent this request's operation; undefined if there is none. */
export function connectionIdIn(request: IncomingMessage): string | undefined {
  return header(request, connectionHeader);
}
