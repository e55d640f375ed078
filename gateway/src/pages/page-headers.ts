/** What a page may load; everything that is not named here is refused by the browser. */
export const contentSecurityPolicies = {
  nothing: policy({}),
  /** Pages of our own hand. */
  page: policy({ 'script-src': "'self'", 'style-src': "'self'", 'img-src': "'self' data:", 'connect-src': "'self'" }),
  /** The bundled explorer: its editor writes styles of its own, and works in threads. */
  explorer: policy({
    'script-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data:",
    'font-src': "'self' data:",
    'connect-src': "'self'",
    'worker-src': "'self'",
  }),
  /** Apollo's Sandbox: a script and a frame of theirs, and nothing of anybody else's. */
  sandbox: policy({
    'script-src': "'self' https://embeddable-sandbox.cdn.apollographql.com",
    'style-src': "'self' 'unsafe-inline' https://embeddable-sandbox.cdn.apollographql.com",
    'img-src': "'self' data:",
    'connect-src': "'self'",
    'frame-src': 'https://sandbox.embed.apollographql.com',
  }),
} as const;

/** The headers of everything that a browser shows. */
export function pageHeaders(contentSecurityPolicy: string): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy,
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

function policy(allowed: Record<string, string>): string {
  const rules = {
    'default-src': "'none'",
    ...allowed,
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  };
  return Object.entries(rules)
    .map((rule) => rule.join(' '))
    .join('; ');
}
