/** The access token that the pages send. It lives as long as the browser tab. */
export interface Session {
  token: string;
  /** The sample user whose token it is, if one was chosen. */
  person?: { name: string; sub: string };
}

const key = 'marquee.session';

/** Shared by the pages in this tab only; never sent to a server other than as the `authorization` header. */
export function readSession(): Session | undefined {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : (JSON.parse(text) as Session);
}

/** Stores the session, or ends it if undefined. */
export function storeSession(session: Session | undefined): void {
  if (session) sessionStorage.setItem(key, JSON.stringify(session));
  else sessionStorage.removeItem(key);
}

/** The `authorization` header of this session; empty for a guest. */
export function sessionHeaders(): Record<string, string> {
  const session = readSession();
  return session ? { authorization: `Bearer ${session.token}` } : {};
}

/** The GraphQL endpoint. */
export const endpoint = `${location.origin}/graphql`;

/** The endpoint for subscriptions over WebSocket. */
export const liveEndpoint = endpoint.replace(/^http/, 'ws');
