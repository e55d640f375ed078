import type { ClientSocket } from '@marquee/chassis/http/websocket-server';
import type { Caller } from '@marquee/chassis/identity/caller';
import { callerKey, subjectKey } from '@marquee/chassis/identity/caller-key';
import { GraphQLError } from 'graphql';
import { rateLimited } from '@marquee/chassis/errors/errors';
import { clientNameIn } from '../admission/client-name.js';
import { closeCodes } from '../admission/refusals.js';
import { isTokenExpired, isTokenRefused, tokenRefused } from '../admission/caller-refusals.js';
import { presentToken } from '../identity/authorization.js';
import type { ClientName } from '../engine/fair-queue.js';
import type { Identity, Credentials } from '../identity/identity.js';
import { createRevalidationRounds, type RevalidationRounds } from './revalidation-rounds.js';

/** An accepted connection: a WebSocket or an event stream. */
export interface LiveConnection {
  /** The IP address of the client. */
  address: string;
  /** The caller, as of the last revalidation. */
  caller(): Caller;
  /** How the client names itself; undefined without a name. */
  client: ClientName | undefined;
  /** Aborts when the connection is closed, by either side. */
  closed: AbortSignal;
  /**
   * Replaces the token by the one in `authorization`. An invalid token or one of another subject closes the connection
   * with 4403. Resolves to `renewed: false` if there is no token, or it cannot be verified at the moment.
   */
  renew(parameters: Readonly<Record<string, unknown>>): Promise<{ renewed: boolean }>;
}

export interface LiveConnections {
  /**
   * Accepts a connection with the credentials in `parameters`: `authorization`, or the development headers where enabled.
   * A WebSocket gets a ping with `tokenExpiresInSeconds` a minute before its token expires, or at half of the time that a
   * shorter token has. The connection is closed later with
   * - 4403 `token expired` once its token has expired,
   * - 4401 once its user is deactivated,
   * - 1012 once the role or the scopes of the caller change, because its streams were opened with the previous rights.
   *
   * @throws GraphQLError the reason for rejecting it: RATE_LIMITED with too many connections of one caller, or of guests
   */
  connect(parameters: Readonly<Record<string, unknown>>, socket: ClientSocket): Promise<LiveConnection>;
}

export interface LiveConnectionsOptions {
  /** Maximum number of concurrent connections of one identified caller. Guests are limited by address. */
  socketsPerCaller: number;
  /** Maximum number of concurrent connections of all guests. */
  guestSockets: number;
  /**
   * Milliseconds between revalidations of the caller, which are usually answered by the principal cache. Together with
   * the lifetime of that cache it bounds how long the connection of a deactivated user stays open.
   */
  revalidateMs: number;
}

export function createLiveConnections(identity: Identity, options: LiveConnectionsOptions): LiveConnections {
  const counter = new ConnectionCounter(options);
  const rounds = createRevalidationRounds(options.revalidateMs);
  return {
    async connect(parameters, socket) {
      const credentials = credentialsIn(parameters);
      const caller = await identity.identify(credentials);
      const warning = warningOf(await identity.expiresAt(credentials));
      counter.add(caller, socket);
      return openConnection(identity, { caller, credentials, socket, warning }, rounds);
    },
  };
}

/** Counts the open connections of each caller. All guests count as one. */
class ConnectionCounter {
  readonly #counts = new Map<string, number>();

  constructor(private readonly limits: Pick<LiveConnectionsOptions, 'socketsPerCaller' | 'guestSockets'>) {}

  add(caller: Caller, socket: ClientSocket): void {
    if (socket.closed.aborted) return;
    const subject = subjectKey(caller);
    const current = this.#counts.get(subject) ?? 0;
    this.#check(caller, current);
    this.#counts.set(subject, current + 1);
    socket.closed.addEventListener('abort', () => this.#remove(subject));
  }

  #check({ kind }: Caller, current: number): void {
    const isGuest = kind === 'guest';
    if (current < (isGuest ? this.limits.guestSockets : this.limits.socketsPerCaller)) return;
    throw rateLimited(`Too many connections of ${isGuest ? 'guests' : 'one caller'}`, 60);
  }

  #remove(subject: string): void {
    const remaining = (this.#counts.get(subject) ?? 1) - 1;
    if (remaining > 0) this.#counts.set(subject, remaining);
    else this.#counts.delete(subject);
  }
}

interface ConnectionState {
  caller: Caller;
  credentials: Credentials;
  socket: ClientSocket;
  /** The warning that is still to be sent. */
  warning: ExpiryWarning | undefined;
}

/** Times in milliseconds since the epoch. */
interface ExpiryWarning {
  dueAt: number;
  expiresAt: number;
}

/** Milliseconds before its expiry at which a client is asked for a new token. */
const warningMs = 60_000;

function warningOf(expiresAt: number | undefined): ExpiryWarning | undefined {
  if (expiresAt === undefined) return undefined;
  return { expiresAt, dueAt: expiresAt - Math.min(warningMs, (expiresAt - Date.now()) / 2) };
}

function warnIfDue(state: ConnectionState): void {
  if (state.warning === undefined || Date.now() < state.warning.dueAt) return;
  const tokenExpiresInSeconds = Math.max(0, Math.round((state.warning.expiresAt - Date.now()) / 1000));
  state.warning = undefined;
  state.socket.ping?.({ tokenExpiresInSeconds });
}

function openConnection(identity: Identity, state: ConnectionState, rounds: RevalidationRounds): LiveConnection {
  if (state.caller.kind !== 'guest' && !state.socket.closed.aborted)
    rounds.add(() => {
      warnIfDue(state);
      void revalidate(state.credentials, closeLost);
    }, state.socket.closed);
  return {
    ...fixedParts(state),
    caller: () => state.caller,
    renew: async (parameters) => ({ renewed: await renew(credentialsIn(parameters)) }),
  };

  async function renew(credentials: Credentials): Promise<boolean> {
    if (presentToken(credentials('authorization')) === undefined) return false;
    const caller = await revalidate(credentials, refuseToken);
    if (!caller) return false;
    state.credentials = credentials;
    state.warning = warningOf(await identity.expiresAt(credentials));
    return true;
  }

  /** Closes the connection unless the caller is unchanged. While the users service is unavailable, it stays open. */
  async function revalidate(credentials: Credentials, closing: CloseReason): Promise<Caller | undefined> {
    try {
      return await identifyAgain(identity, state, credentials);
    } catch (failure) {
      if (!(failure instanceof GraphQLError)) state.socket.close(closeCodes.unverified, 'The caller was not verified');
      else if (!isTransient(failure)) state.socket.close(...closing(failure));
      return undefined;
    }
  }
}

function fixedParts({ socket, credentials }: ConnectionState): Pick<LiveConnection, 'address' | 'client' | 'closed'> {
  return { address: socket.address, client: clientNameIn(credentials), closed: socket.closed };
}

/** @throws GraphQLError if the credentials are refused or belong to another caller */
async function identifyAgain(
  identity: Identity,
  state: ConnectionState,
  credentials: Credentials,
): Promise<Caller | undefined> {
  const caller = await identity.identify(credentials);
  if (subjectKey(caller) !== subjectKey(state.caller)) throw tokenRefused('it belongs to another subject');
  if (callerKey(caller) !== callerKey(state.caller)) return closeForChangedRights(state.socket);
  return (state.caller = caller);
}

type Closing = [code: number, reason: string];

type CloseReason = (failure: Error) => Closing;

function refuseToken({ message }: Error): Closing {
  return [closeCodes.tokenRefused, message];
}

/** The reason with which a connection closes whose token has expired. */
export const tokenExpiredReason = 'token expired';

/** Stock clients treat 4401 as final, and connect again with a new token after 4403. */
function closeLost(failure: Error): Closing {
  if (isTokenExpired(failure)) return [closeCodes.tokenRefused, tokenExpiredReason];
  return [isTokenRefused(failure) ? closeCodes.tokenRefused : closeCodes.callerInvalid, failure.message];
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

function isTransient({ extensions }: GraphQLError): boolean {
  return extensions['code'] === 'UPSTREAM_UNAVAILABLE';
}
