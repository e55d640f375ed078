/** Content security policies: a page may load only what its policy lists. */
export const contentSecurityPolicies = {
  nothing: policy({}),
  /** Pages rendered by the gateway. */
  page: policy({ 'script-src': "'self'", 'style-src': "'self'", 'img-src': "'self' data:", 'connect-src': "'self'" }),
  /** The bundled GraphiQL: its editor creates inline styles and uses web workers. */
  explorer: policy({
    'script-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data:",
    'font-src': "'self' data:",
    'connect-src': "'self'",
    'worker-src': "'self'",
  }),
  /** Apollo Sandbox: a script, styles and a frame from Apollo's hosts. */
  sandbox: policy({
    'script-src': "'self' https://embeddable-sandbox.cdn.apollographql.com",
    'style-src': "'self' 'unsafe-inline' https://embeddable-sandbox.cdn.apollographql.com",
    'img-src': "'self' data:",
    'connect-src': "'self'",
    'frame-src': 'https://sandbox.embed.apollographql.com',
  }),
} as const;

/** Response headers of every page. */
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
