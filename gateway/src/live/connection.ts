import type { Caller } from '@marquee/chassis/identity/caller';
import type { LiveSocket } from '@marquee/chassis/http/live';
import { GraphQLError } from 'graphql';
import { CloseCode } from 'graphql-ws';
import type { Identity, Presented } from '../identity/identity.js';

/** A socket that was let in. */
export interface Connection {
  /** Who is behind it, as of the last look. */
  caller(): Caller;
}

/**
 * How often the caller of a socket is looked at again, in milliseconds. A look is a cache hit at most times;
 * together with the 25 s that a principal is cached it ends a deactivated user's socket within 30 s.
 */
const lookInterval = 5_000;

/**
 * Lets a socket in, with what connection_init presents: `authorization`, or the development headers where they count.
 * It is closed with 4401 once its token has expired or its user is deactivated.
 *
 * @throws why it is not let in
 */
export async function connectCaller(
  identity: Identity,
  parameters: Readonly<Record<string, unknown>>,
  socket: LiveSocket,
): Promise<Connection> {
  const presented = presentedIn(parameters);
  let caller = await identity.identify(presented);
  const look = async () => {
    try {
      caller = await identity.identify(presented);
    } catch (failure) {
      if (!isPassing(failure)) socket.close(CloseCode.Unauthorized, (failure as Error).message);
    }
  };
  if (caller.kind !== 'guest' && !socket.closed.aborted) {
    const timer = setInterval(() => void look(), lookInterval);
    socket.closed.addEventListener('abort', () => clearInterval(timer));
  }
  return { caller: () => caller };
}

/** Names count without regard to case, as those of headers. */
function presentedIn(parameters: Readonly<Record<string, unknown>>): Presented {
  const lower = new Map(Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = lower.get(name);
    return typeof value === 'string' ? value : undefined;
  };
}

/** While the users service is out of reach, who was let in stays. */
function isPassing(failure: unknown): boolean {
  return failure instanceof GraphQLError && failure.extensions['code'] === 'UPSTREAM_UNAVAILABLE';
}
