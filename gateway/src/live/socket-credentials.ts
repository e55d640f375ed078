import { tokenRefused } from '../admission/caller-refusals.js';

/** The payload of connection_init, or of a ping that renews a token. */
export type SocketPayload = Readonly<Record<string, unknown>>;

/** Names under which the usual clients send a token, in lower case. Values that are no token have another purpose. */
const usualNames = ['accesstoken', 'access_token', 'token'];

/** Names under which clients of other servers send a token that this gateway does not read. */
const tokenName = /token|jwt|bearer|auth|credential|session|cookie|api-?key/i;

const tokenValue = /^\s*(bearer\s+\S|[\w-]{10,}\.[\w-]{10,}\.[\w-]*\s*$)/i;

/**
 * The credentials of a socket, named like HTTP headers. The token is in `authorization`, in `headers.authorization`, or under
 * one of the names of the usual clients, there with or without `Bearer`; names are case-insensitive.
 *
 * @throws UNAUTHENTICATED for a token in another form, and for two different ones: the client expects to be signed in
 */
export function socketCredentials(payload: SocketPayload): Record<string, unknown> {
  const { headers, ...own } = lowerCased(payload);
  const values: Record<string, unknown> = { ...(isRecord(headers) ? lowerCased(headers) : {}), ...own };
  const { authtoken, ...others } = values;
  const usual = usualNames.filter((name) => typeof others[name] === 'string' && tokenValue.test(others[name]));
  const credentials = Object.fromEntries(Object.entries(others).filter(([name]) => !usual.includes(name)));
  const inHeaders = isRecord(headers) ? lowerCased(headers)['authorization'] : undefined;
  const tokens = [own['authorization'], inHeaders, authtoken, ...usual.map((name) => others[name])]
    .filter((value) => value !== undefined && value !== null && value !== '')
    .map(withScheme);
  if (new Set(tokens).size > 1) throw tokenRefused('the payload contains two different tokens');
  if (tokens.length === 0) refuseUnknownForms(credentials);
  return { ...credentials, authorization: tokens[0] };
}

/** @throws UNAUTHENTICATED for a value that is not a text */
function withScheme(value: unknown): string {
  if (typeof value !== 'string') throw tokenRefused('expected the token in the payload to be a text');
  const text = value.trim();
  return /^bearer\b/i.test(text) || !/^\S+$/.test(text) || /^(null|undefined)$/i.test(text) ? text : `Bearer ${text}`;
}

function refuseUnknownForms(values: SocketPayload): void {
  const [name] = Object.entries(values).find(([key, value]) => isToken(key, value)) ?? [];
  if (name !== undefined) throw tokenRefused(`send it as "authorization" instead of "${name.slice(0, 30)}"`);
}

/** Internal headers of clients are ignored, as over HTTP. */
function isToken(name: string, value: unknown): boolean {
  if (name.startsWith('x-marquee-')) return false;
  if (isRecord(value)) return Object.entries(value).some(([key, inner]) => isToken(key, inner));
  if (typeof value !== 'string' || /^\s*(null|undefined)?\s*$/i.test(value)) return false;
  return tokenName.test(name) || tokenValue.test(value);
}

function lowerCased(values: SocketPayload): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}

function isRecord(value: unknown): value is SocketPayload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
