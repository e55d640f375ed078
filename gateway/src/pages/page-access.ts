import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { header } from '@marquee/chassis/http/server';
import type { GatewaySettings } from '../config.js';
import { canIntrospect } from '../admission/authorization/introspection-rule.js';
import type { Identity } from '../identity/identity.js';

/**
 * Tells who may look behind the door. A browser that opens a page sends no token, so a token that was shown once
 * opens the pages for a while: it is exchanged for a cookie that says until when, and nothing else. The cookie
 * counts for pages alone; the graph asks for the token itself, every time.
 */
export interface PageAccess {
  /** Whether this is somebody who may see the schema and the versions of the services. */
  canReadSchema(request: IncomingMessage): Promise<boolean>;
  /** Whether this is somebody who may open the explorers. */
  canOpenExplorer(request: IncomingMessage): Promise<boolean>;
  /** The cookie for a token of somebody who may explore; nothing for others. @throws why the token is refused */
  createCookie(token: string): Promise<string | undefined>;
}

/** Seconds that a cookie counts. */
const lifetime = 900;

type Settings = Pick<GatewaySettings, 'NODE_ENV' | 'EXPLORER' | 'CALLER_SIGNING_KEY'>;

export function createPageAccess(settings: Settings, identity: Identity): PageAccess {
  const isProduction = settings.NODE_ENV === 'production';
  const name = isProduction ? '__Host-door' : 'door';
  const seal = createCookieSigner(settings.CALLER_SIGNING_KEY.d);
  return {
    canReadSchema: async (request) => !isProduction || isKnown(request),
    canOpenExplorer: async (request) => settings.EXPLORER === 'open' || isKnown(request),
    async createCookie(token) {
      const caller = await identity.identify((name) => (name === 'authorization' ? `Bearer ${token}` : undefined));
      if (!canIntrospect(caller)) return undefined;
      const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${lifetime}${isProduction ? '; Secure' : ''}`;
      return `${name}=${seal.until(nowInSeconds() + lifetime)}; ${attributes}`;
    },
  };

  async function isKnown(request: IncomingMessage): Promise<boolean> {
    if (seal.counts(cookie(request, name))) return true;
    const caller = await identity.identify((one) => header(request, one)).catch(() => undefined);
    return caller !== undefined && canIntrospect(caller);
  }
}

/** Replicas share the signing key, so a cookie of one counts at all. */
function createCookieSigner(secret: string) {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'front door', 32));
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    until: (seconds: number) => `${seconds}.${sign(String(seconds))}`,
    counts(value: string | undefined): boolean {
      const [seconds = '', signature = ''] = value?.split('.') ?? [];
      return same(signature, sign(seconds)) && Number(seconds) > nowInSeconds();
    },
  };
}

function same(given: string, expected: string): boolean {
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
