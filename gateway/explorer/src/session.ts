/** The access token that the pages send. It lives as long as the browser tab. */
export interface Session {
  token: string;
  /** The caller of the embedded run whose token it is, if one was chosen. */
  caller?: { name: string; value: string };
}

const path = document.documentElement.dataset['endpoint'] ?? '/graphql';

/** Each endpoint has its own session: the partner API accepts other tokens than the graph. */
const key = `marquee.session ${path}`;

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

/** The header as it is shown: enough of the token to distinguish two, and not enough to use it. */
export function maskedHeader(): string | undefined {
  const session = readSession();
  return session && `authorization: Bearer ${session.token.slice(0, 6)}••••••${session.token.slice(-4)}`;
}

/** The GraphQL endpoint. */
export const endpoint = `${location.origin}${path}`;

/** The endpoint for subscriptions over WebSocket; undefined if there are no subscriptions. */
export const liveEndpoint = path === '/graphql' ? endpoint.replace(/^http/, 'ws') : undefined;
