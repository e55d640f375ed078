/** How long a response may be cached, and by which caches, as `Cache-Control` states it. */
export interface CachePolicy {
  /** In seconds, at least 1. */
  maxAge: number;
  /** `PRIVATE`: only by caches of the caller. */
  scope: CacheScope;
}

export type CacheScope = 'PUBLIC' | 'PRIVATE';

/** Limits of a policy. Absent values do not limit it. */
export interface CacheHint {
  /** In seconds; 0: not cacheable. */
  maxAge?: number | undefined;
  scope?: CacheScope | undefined;
}

/** The policy within both; undefined if the response may not be cached. The same object if the hint changes nothing. */
export function restrictPolicy(policy: CachePolicy, { maxAge, scope }: CacheHint): CachePolicy | undefined {
  const isShorter = maxAge !== undefined && maxAge < policy.maxAge;
  const isNarrower = scope === 'PRIVATE' && policy.scope === 'PUBLIC';
  if (!isShorter && !isNarrower) return policy;
  const restricted = { maxAge: isShorter ? maxAge : policy.maxAge, scope: scope === 'PRIVATE' ? scope : policy.scope };
  return restricted.maxAge > 0 ? restricted : undefined;
}

/** What `Cache-Control` and `Age` of a response allow a shared cache (RFC 9111, section 5.2.2). An invalid age is ignored. */
export function hintOfHeaders(cacheControl: string, age = 0): CacheHint {
  const directives = directivesOf(cacheControl);
  if (directives.has('no-store') || directives.has('no-cache')) return { maxAge: 0 };
  const ages = ['max-age', 's-maxage'].flatMap((name) => secondsOf(directives.get(name)));
  return {
    ...(ages.length > 0 && { maxAge: Math.max(0, Math.min(...ages) - (age > 0 ? age : 0)) }),
    ...(directives.has('private') && { scope: 'PRIVATE' }),
  };
}

function directivesOf(header: string): ReadonlyMap<string, string> {
  const parts = header.split(',').map((part) => part.trim().toLowerCase().split('='));
  return new Map(parts.map(([name = '', value = '']) => [name, value]));
}

/** An age that is not a number forbids caching. */
function secondsOf(value: string | undefined): number[] {
  if (value === undefined) return [];
  const [, digits] = /^"?(\d+)"?$/.exec(value) ?? [];
  return [digits === undefined ? 0 : Number(digits)];
}
