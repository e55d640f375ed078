/** Who a visitor has become, for as long as the tab is open. */
export interface Session {
  token: string;
  /** The name and the id of somebody of the example world. */
  person?: { name: string; sub: string };
}

const key = 'marquee.session';

/** The pages of this tab share it; no other tab, and no server, gets to see it. */
export function readSession(): Session | undefined {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : (JSON.parse(text) as Session);
}

/** Makes the visitor somebody, or a guest again. */
export function storeSession(session: Session | undefined): void {
  if (session) sessionStorage.setItem(key, JSON.stringify(session));
  else sessionStorage.removeItem(key);
}

/** The headers that a request is sent with. */
export function sessionHeaders(): Record<string, string> {
  const session = readSession();
  return session ? { authorization: `Bearer ${session.token}` } : {};
}

/** Where the graph is. */
export const endpoint = `${location.origin}/graphql`;

/** Where live data comes from. */
export const liveEndpoint = endpoint.replace(/^http/, 'ws');
