import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { WaitPeriodNotYetEndedJwkError } from 'aws-jwt-verify/error';
import { assertIsJwks, type JwksCache, type Jwks, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { request } from 'undici';

export interface KeysOptions {
  uri: string;
  log: Logger;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** The public keys of the issuer. */
export interface Keys extends Closable {
  cache: JwksCache;
  /** Whether the last fetch brought no keys, so that an unknown key says nothing about the token. */
  failing(): boolean;
}

/** Milliseconds. Between two fetches in any case, and after one for a key that the issuer did not have. */
const betweenFetches = 5_000;
const afterUnknownKey = 60_000;
/** An old set is fetched anew so often, so that a key which the issuer withdrew stops counting. */
const refreshEvery = 3_600_000;
const fetchTimeout = 5_000;

/**
 * Nothing is fetched before the first token. The library's own penalty box keeps a timer for each unknown key,
 * and every one of them opens the box again, so a flood would cost several fetches a minute: this one keeps a time.
 */
export function openKeys({ uri, log, now = Date.now }: KeysOptions): Keys {
  let notBefore = 0;
  let failing = false;
  const cache = new SimpleJwksCache({ fetcher: { fetch }, penaltyBox: penaltyBox(), jwksParser });
  const refresh = setInterval(() => void cache.getJwks(uri).catch(() => undefined), refreshEvery).unref();
  return { cache, failing: () => failing, close: () => clearInterval(refresh) };

  async function fetch(): Promise<ArrayBuffer> {
    mustWait();
    notBefore = now() + betweenFetches;
    try {
      return await download(uri);
    } catch (err) {
      throw failed(err);
    }
  }

  function jwksParser(bytes: ArrayBuffer): Jwks {
    try {
      const jwks: unknown = JSON.parse(new TextDecoder().decode(bytes));
      assertIsJwks(jwks as Jwks);
      failing = false;
      return jwks as Jwks;
    } catch (err) {
      throw failed(err);
    }
  }

  function penaltyBox() {
    return {
      wait: async () => mustWait(),
      registerFailedAttempt: () => void (notBefore = now() + afterUnknownKey),
      registerSuccessfulAttempt: () => undefined,
    };
  }

  function mustWait(): void {
    if (now() < notBefore) throw new WaitPeriodNotYetEndedJwkError('The keys were fetched a moment ago.');
  }

  function failed(err: unknown): unknown {
    failing = true;
    log.error({ err }, 'could not fetch the keys of the token issuer');
    return err;
  }
}

async function download(uri: string): Promise<ArrayBuffer> {
  const { statusCode, body } = await request(uri, { signal: AbortSignal.timeout(fetchTimeout) });
  if (statusCode === 200) return body.arrayBuffer();
  await body.dump();
  throw new Error(`HTTP ${statusCode}`);
}
