import type { LiveSocket } from '@marquee/chassis/http/live';
import type { Caller } from '@marquee/chassis/identity/caller';
import { GraphQLError } from 'graphql';
import { CloseCode } from 'graphql-ws';
import type { Identity, Credentials } from '../identity/identity.js';
import { callerKey, subjectOf } from './shareability.js';

/** A socket that was let in. */
export interface LiveConnection {
  /** Where it comes from. */
  address: string;
  /** Who is behind it, as of the last look. */
  caller(): Caller;
  /**
   * Goes on with the token in `authorization`, when it is of the same subject; another closes the socket with 4403.
   * Tells whether it did: while identities cannot be told, it did not.
   */
  renew(parameters: Readonly<Record<string, unknown>>): Promise<{ renewed: boolean }>;
}

export interface LiveConnections {
  /**
   * Lets a socket in, with what connection_init presents: `authorization`, or the development headers where they count.
   * It is closed with 4401 once its token has expired or its user is deactivated, with 4429 when its caller has too many,
   * and with 1012 when their role or scopes have changed: its streams were opened with rights that no longer count.
   *
   * @throws why it is not let in
   */
  connect(parameters: Readonly<Record<string, unknown>>, socket: LiveSocket): Promise<LiveConnection>;
}

export interface LiveConnectionsOptions {
  /** Sockets of one caller at the same time; guests, who are nobody, are counted by their address alone. */
  socketsPerCaller: number;
  /**
   * Milliseconds between two looks at the caller of a socket. A look is a cache hit at most times; together with the time
   * that a principal is cached it is how long a deactivated user's socket stays.
   */
  revalidateMs: number;
}

/** `Service Restart` of the WebSocket protocol: clients connect again at once. */
const rightsChanged = 1012;

export function createLiveConnections(
  identity: Identity,
  { socketsPerCaller, revalidateMs }: LiveConnectionsOptions,
): LiveConnections {
  const sockets = new Map<string, number>();
  return {
    async connect(parameters, socket) {
      const presented = credentialsIn(parameters);
      const caller = await identity.identify(presented);
      enter(caller, socket);
      return connected(identity, { caller, presented, socket }, revalidateMs);
    },
  };

  function enter(caller: Caller, socket: LiveSocket): void {
    if (caller.kind === 'guest' || socket.closed.aborted) return;
    const subject = subjectOf(caller);
    const count = sockets.get(subject) ?? 0;
    if (count >= socketsPerCaller) {
      socket.close(CloseCode.TooManyInitialisationRequests, 'Too many sockets of one caller');
      throw new Error('Too many sockets of one caller');
    }
    sockets.set(subject, count + 1);
    socket.closed.addEventListener('abort', () => leave(subject));
  }

  function leave(subject: string): void {
    const left = (sockets.get(subject) ?? 1) - 1;
    if (left > 0) sockets.set(subject, left);
    else sockets.delete(subject);
  }
}

interface Connected {
  caller: Caller;
  presented: Credentials;
  socket: LiveSocket;
}

function connected(identity: Identity, state: Connected, lookInterval: number): LiveConnection {
  if (state.caller.kind !== 'guest' && !state.socket.closed.aborted) {
    const timer = setInterval(() => void identifyAgain(state.presented, CloseCode.Unauthorized), lookInterval);
    state.socket.closed.addEventListener('abort', () => clearInterval(timer));
  }
  return {
    address: state.socket.address,
    caller: () => state.caller,
    renew: async (parameters) => ({ renewed: await present(credentialsIn(parameters)) }),
  };

  async function present(presented: Credentials): Promise<boolean> {
    if (presented('authorization') === undefined) return false;
    const caller = await identifyAgain(presented, CloseCode.Forbidden);
    if (!caller) return false;
    state.presented = presented;
    return true;
  }

  /** While the users service is out of reach, who was let in stays. */
  async function identifyAgain(presented: Credentials, refusal: CloseCode): Promise<Caller | undefined> {
    try {
      const caller = await identity.identify(presented);
      if (subjectOf(caller) !== subjectOf(state.caller)) throw new Error('The token is of another subject.');
      if (callerKey(caller) !== callerKey(state.caller)) return closeForChangedRights(state.socket);
      return (state.caller = caller);
    } catch (failure) {
      if (!isTransient(failure)) state.socket.close(refusal, (failure as Error).message);
      return undefined;
    }
  }
}

/** A client that connects again goes on from its cursors, with the rights that it has now. */
function closeForChangedRights(socket: LiveSocket): undefined {
  socket.close(rightsChanged, 'Role or scopes have changed: connect again');
}

/** Names count without regard to case, as those of headers. */
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
