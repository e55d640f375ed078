import { createHash } from 'node:crypto';
import type { Body } from './operations.js';
import { dynamodbError } from './dynamodb-error.js';

/** The client request tokens of the last ten minutes, which make retries of a request idempotent. */
export interface RecentTokens {
  /** Runs `work` once for each token. @throws IdempotentParameterMismatchException when the parameters differ */
  once(token: unknown, parameters: unknown, work: () => Promise<Body>): Promise<Body>;
}

const tokenLifetimeMs = 10 * 60_000;
const maxTokens = 10_000;

export function recentTokens(now: () => number = Date.now): RecentTokens {
  const tokens = new Map<string, { digest: string; until: number }>();
  return {
    async once(token, parameters, work) {
      if (typeof token !== 'string') return work();
      const digest = createHash('sha256').update(JSON.stringify(parameters)).digest('base64');
      const known = tokens.get(token);
      if (known && known.until > now()) return repeatResponse(known.digest === digest);
      const response = await work();
      tokens.delete(token);
      tokens.set(token, { digest, until: now() + tokenLifetimeMs });
      evictExpired(tokens, now());
      return response;
    },
  };
}

function repeatResponse(isSame: boolean): Body {
  if (isSame) return {};
  throw dynamodbError(
    'IdempotentParameterMismatchException',
    'The request uses the same client token as a previous, but non-identical request. ' +
      'Do not reuse a client token with different requests, unless the requests are identical',
  );
}

/** Evicts expired and excess tokens, in insertion order. */
function evictExpired(tokens: Map<string, { until: number }>, now: number): void {
  for (const [token, { until }] of tokens) {
    if (until > now && tokens.size <= maxTokens) return;
    tokens.delete(token);
  }
}
