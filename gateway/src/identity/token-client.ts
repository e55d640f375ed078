import type { Caller } from '@marquee/chassis/identity/caller';

/** The client ids of the access tokens of users, which their callers do not contain. */
const tokenClients = new WeakMap<Caller, string>();

/** Remembers the client id of the token of a caller. Returns the caller. */
export function rememberTokenClient(caller: Caller, clientId: string): Caller {
  tokenClients.set(caller, clientId);
  return caller;
}

/** The client id of the token of a caller; undefined for a caller without a token. */
export function tokenClientOf(caller: Caller): string | undefined {
  return caller.kind === 'machine' ? caller.clientId : tokenClients.get(caller);
}
