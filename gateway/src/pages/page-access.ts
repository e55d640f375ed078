import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { header } from '@marquee/chassis/http/http-server';
import type { GatewaySettings } from '../config.js';
import { canIntrospect } from '../admission/authorization/introspection-rule.js';
import type { Identity } from '../identity/identity.js';

/**
 * Access to the explorers and the schema. A browser that opens a page sends no `authorization` header, so the sign-in form
 * exchanges a token for a signed cookie that contains only its expiry. The cookie gives access to pages only: `/graphql`
 * requires the token itself.
 */
export interface PageAccess {
  /** Whether the visitor may read the schema and the versions of the services. */
  canReadSchema(request: IncomingMessage): Promise<boolean>;
  /** Whether the visitor may open the explorers. */
  canOpenExplorer(request: IncomingMessage): Promise<boolean>;
  /** Creates the `set-cookie` value for a token, or undefined if it lacks the scope. @throws GraphQLError if it is invalid */
  createCookie(token: string): Promise<string | undefined>;
}

const cookieLifetimeSeconds = 900;

/** Where a cookie gives access: to the pages of the whole graph, or to those of the partner contract. */
export type PageAudience = 'explorer' | 'partner-explorer';

type Settings = Pick<GatewaySettings, 'NODE_ENV' | 'EXPLORER' | 'CALLER_SIGNING_KEY'>;

/** @param identity of the callers that may use the pages; it rejects all others */
export function createPageAccess(settings: Settings, identity: Identity, audience: PageAudience): PageAccess {
  const isProduction = settings.NODE_ENV === 'production';
  const name = isProduction ? `__Host-${audience}` : audience;
  const signer = createCookieSigner(settings.CALLER_SIGNING_KEY.d, `${audience} cookie`);
  return {
    canReadSchema: async (request) => !isProduction || canExplore(request),
    canOpenExplorer: async (request) => settings.EXPLORER === 'open' || canExplore(request),
    async createCookie(token) {
      const caller = await identity.identify((name) => (name === 'authorization' ? `Bearer ${token}` : undefined));
      if (!canIntrospect(caller)) return undefined;
      const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${cookieLifetimeSeconds}${isProduction ? '; Secure' : ''}`;
      return `${name}=${signer.sign(nowInSeconds() + cookieLifetimeSeconds)}; ${attributes}`;
    },
  };

  async function canExplore(request: IncomingMessage): Promise<boolean> {
    if (signer.isValid(cookie(request, name))) return true;
    const caller = await identity.identify((one) => header(request, one)).catch(() => undefined);
    return caller !== undefined && canIntrospect(caller);
  }
}

/**
 * Signs expiry times with HMAC. All replicas derive the same key from the signing key, so all accept the cookie. Each
 * audience has its own key, so that the cookie of a partner opens no page of the whole graph.
 */
function createCookieSigner(secret: string, purpose: string) {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', purpose, 32));
  const signatureOf = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    sign: (expiry: number) => `${expiry}.${signatureOf(String(expiry))}`,
    isValid(value: string | undefined): boolean {
      const [expiry = '', signature = ''] = value?.split('.') ?? [];
      return isEqual(signature, signatureOf(expiry)) && Number(expiry) > nowInSeconds();
    },
  };
}

function isEqual(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function cookie(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split('; ');
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
