import type { GraphQLError } from 'graphql';
import { CloseCode, type Message, parseMessage } from 'graphql-ws';

/** A message of graphql-transport-ws; undefined for any other text. */
export function parseClientMessage(text: string): Message | undefined {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}

/** Clients treat most codes as final. Try Again Later (RFC 6455, section 7.4.2 and its registry) is not. */
const tryAgainLater = 1013;

/** Refusals that a client can expect to pass without doing anything about them. */
const passingCodes: readonly unknown[] = ['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED'];

/** The code with which a socket is closed whose client is refused. */
export function rejectionCode({ extensions }: GraphQLError): number {
  return passingCodes.includes(extensions['code']) ? tryAgainLater : CloseCode.Forbidden;
}
