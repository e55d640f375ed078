import { onAbort } from '@marquee/chassis/timing/on-abort';
import type { ClientSocket } from '@marquee/chassis/http/websocket-server';
import type { Caller } from '@marquee/chassis/identity/caller';
import { callerKey, subjectKey } from '@marquee/chassis/identity/caller-key';
import { GraphQLError } from 'graphql';
import { closeCodes } from '../admission/refusals.js';
import type { Identity, Credentials } from '../identity/identity.js';

/** An accepted connection: a WebSocket or an event stream. */
export interface LiveConnection {
  /** The IP address of the client. */
  address: string;
  /** The caller, as of the last revalidation. */
  caller(): Caller;
  /**
   * Replaces the token by the one in `authorization`. An invalid token or one of another subject closes the connection
   * with 4403. Resolves to `renewed: false` if there is no token, or it cannot be verified at the moment.
   */
  renew(parameters: Readonly<Record<string, unknown>>): Promise<{ renewed: boolean }>;
}

export interface LiveConnections {
  /**
   * Accepts a connection with the credentials in `parameters`: `authorization`, or the development headers where enabled.
   * The connection is closed later with
   * - 4401 once its token has expired or its user is deactivated,
   * - 1012 once the role or the scopes of the caller change, because its streams were opened with the previous rights.
   *
   * @throws the reason for rejecting it; with too many connections of one caller it is also closed with 4429
   */
  connect(parameters: Readonly<Record<string, unknown>>, socket: ClientSocket): Promise<LiveConnection>;
}

export interface LiveConnectionsOptions {
  /** Maximum number of concurrent connections of one caller. Guests are limited by address only. */
  socketsPerCaller: number;
  /**
   * Milliseconds between revalidations of the caller, which are usually answered by the principal cache. Together with
   * the lifetime of that cache it bounds how long the connection of a deactivated user stays open.
   */
  revalidateMs: number;
}

export function createLiveConnections(
  identity: Identity,
  { socketsPerCaller, revalidateMs }: LiveConnectionsOptions,
): LiveConnections {
  const connectionCounts = new Map<string, number>();
  return {
    async connect(parameters, socket) {
      const credentials = credentialsIn(parameters);
      const caller = await identity.identify(credentials);
      count(caller, socket);
      return openConnection(identity, { caller, credentials, socket }, revalidateMs);
    },
  };

  function count(caller: Caller, socket: ClientSocket): void {
    if (caller.kind === 'guest' || socket.closed.aborted) return;
    const subject = subjectKey(caller);
    const current = connectionCounts.get(subject) ?? 0;
    if (current >= socketsPerCaller) {
      socket.close(closeCodes.tooManySockets, 'Too many connections of one caller');
      throw new Error('Too many connections of one caller');
    }
    connectionCounts.set(subject, current + 1);
    onAbort(socket.closed, () => uncount(subject));
  }

  function uncount(subject: string): void {
    const remaining = (connectionCounts.get(subject) ?? 1) - 1;
    if (remaining > 0) connectionCounts.set(subject, remaining);
    else connectionCounts.delete(subject);
  }
}

interface ConnectionState {
  caller: Caller;
  credentials: Credentials;
  socket: ClientSocket;
}

function openConnection(identity: Identity, state: ConnectionState, revalidateMs: number): LiveConnection {
  if (state.caller.kind !== 'guest' && !state.socket.closed.aborted) {
    const timer = setInterval(() => void revalidate(state.credentials, closeCodes.callerInvalid), revalidateMs);
    onAbort(state.socket.closed, () => clearInterval(timer));
  }
  return {
    address: state.socket.address,
    caller: () => state.caller,
    renew: async (parameters) => ({ renewed: await renew(credentialsIn(parameters)) }),
  };

  async function renew(credentials: Credentials): Promise<boolean> {
    if (credentials('authorization') === undefined) return false;
    const caller = await revalidate(credentials, closeCodes.tokenRefused);
    if (!caller) return false;
    state.credentials = credentials;
    return true;
  }

  /** Closes the connection unless the caller is unchanged. While the users service is unavailable, it stays open. */
  async function revalidate(credentials: Credentials, closeCode: number): Promise<Caller | undefined> {
    try {
      const caller = await identity.identify(credentials);
      if (subjectKey(caller) !== subjectKey(state.caller)) throw new Error('The token belongs to another subject.');
      if (callerKey(caller) !== callerKey(state.caller)) return closeForChangedRights(state.socket);
      return (state.caller = caller);
    } catch (failure) {
      if (!isTransient(failure)) state.socket.close(closeCode, (failure as Error).message);
      return undefined;
    }
  }
}

/** A client that reconnects resumes from its cursors with its current rights. */
function closeForChangedRights(socket: ClientSocket): undefined {
  socket.close(closeCodes.rightsChanged, 'Role or scopes have changed: connect again');
}

/** Names are case-insensitive, like those of HTTP headers. */
function credentialsIn(parameters: Readonly<Record<string, unknown>>): Credentials {
  const lower = new Map(Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = lower.get(name);
    return typeof value === 'string' ? value : undefined;
  };
}

function isTransient(failure: unknown): boolean {
  return failure instanceof GraphQLError && failure.extensions['code'] === 'UPSTREAM_UNAVAILABLE';
}
