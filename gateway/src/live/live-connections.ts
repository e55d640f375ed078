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
import { createRevalidationRounds, type Revalidated } from './revalidation-rounds.js';

/** An accepted connection: a WebSocket or an event stream. */
export interface LiveConnection {
  /** The IP address of the client. */
  address: string;
  /** The caller, as of the last revalidation. */
  caller(): Caller;
  /** How the client names itself; undefined without a name. */
  client: ClientName | undefined;
  /** Whether it is closed, by either side. */
  readonly isClosed: boolean;
  /** Calls a listener once it is closed; at once if it is already. */
  onClose(listener: () => void): void;
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
      const connection = new OpenConnection(identity, { caller, credentials, socket, warning });
      if (socket.isClosed) return connection;
      const subject = subjectKey(caller);
      counter.add(caller, subject);
      // A guest has no rights that could change.
      if (caller.kind !== 'guest') rounds.add(connection);
      socket.onClose(() => {
        counter.remove(subject);
        rounds.delete(connection);
      });
      return connection;
    },
  };
}

/** Counts the open connections of each caller. All guests count as one. */
class ConnectionCounter {
  readonly #counts = new Map<string, number>();

  constructor(private readonly limits: Pick<LiveConnectionsOptions, 'socketsPerCaller' | 'guestSockets'>) {}

  /** @param subject of the caller */
  add({ kind }: Caller, subject: string): void {
    const current = this.#counts.get(subject) ?? 0;
    this.#check(kind === 'guest', current);
    this.#counts.set(subject, current + 1);
  }

  remove(subject: string): void {
    const remaining = (this.#counts.get(subject) ?? 1) - 1;
    if (remaining > 0) this.#counts.set(subject, remaining);
    else this.#counts.delete(subject);
  }

  #check(isGuest: boolean, current: number): void {
    if (current < (isGuest ? this.limits.guestSockets : this.limits.socketsPerCaller)) return;
    throw rateLimited(`Too many connections of ${isGuest ? 'guests' : 'one caller'}`, 60);
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

/** A process has thousands of these: an idle one keeps only the values that a later message or round needs. */
class OpenConnection implements LiveConnection, Revalidated {
  readonly client: ClientName | undefined;
  readonly #state: ConnectionState;

  constructor(
    private readonly identity: Identity,
    state: ConnectionState,
  ) {
    this.client = clientNameIn(state.credentials);
    this.#state = state.caller.kind === 'guest' ? { ...state, credentials: noCredentials } : state;
  }

  get address(): string {
    return this.#state.socket.address;
  }

  get isClosed(): boolean {
    return this.#state.socket.isClosed;
  }

  readonly caller = (): Caller => this.#state.caller;

  onClose(listener: () => void): void {
    this.#state.socket.onClose(listener);
  }

  async renew(parameters: Readonly<Record<string, unknown>>): Promise<{ renewed: boolean }> {
    return { renewed: await this.#renew(credentialsIn(parameters)) };
  }

  revalidate(): void {
    this.#warnIfDue();
    void this.#identify(this.#state.credentials, closeLost);
  }

  async #renew(credentials: Credentials): Promise<boolean> {
    if (presentToken(credentials('authorization')) === undefined) return false;
    const caller = await this.#identify(credentials, refuseToken);
    if (!caller) return false;
    this.#state.credentials = credentials;
    this.#state.warning = warningOf(await this.identity.expiresAt(credentials));
    return true;
  }

  /** Closes the connection unless the caller is unchanged. While the users service is unavailable, it stays open. */
  async #identify(credentials: Credentials, closing: CloseReason): Promise<Caller | undefined> {
    const { socket } = this.#state;
    try {
      return await identifyAgain(this.identity, this.#state, credentials);
    } catch (failure) {
      if (!(failure instanceof GraphQLError)) socket.close(closeCodes.unverified, 'The caller was not verified');
      else if (!isTransient(failure)) socket.close(...closing(failure));
      return undefined;
    }
  }

  #warnIfDue(): void {
    const { warning, socket } = this.#state;
    if (warning === undefined || Date.now() < warning.dueAt) return;
    const tokenExpiresInSeconds = Math.max(0, Math.round((warning.expiresAt - Date.now()) / 1000));
    this.#state.warning = undefined;
    socket.ping?.({ tokenExpiresInSeconds });
  }
}

/** Those of a guest, which nothing reads again. */
function noCredentials(): undefined {
  return undefined;
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
