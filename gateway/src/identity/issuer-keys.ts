import type { Logger } from '@marquee/chassis/telemetry/log';
import { WaitPeriodNotYetEndedJwkError } from 'aws-jwt-verify/error';
import { assertIsJwks, type Jwks, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { request } from 'undici';

export interface IssuerKeysOptions {
  uri: string;
  log: Logger;
  /** Milliseconds since the epoch. */
  now?: (() => number) | undefined;
}

/** The minimum time between two fetches, and after a fetch for a key that the issuer does not have. */
export const fetchIntervalMs = 5_000;
const unknownKeyIntervalMs = 60_000;
/** The key set is fetched again this often, so that a revoked key becomes invalid. */
const refreshMs = 3_600_000;
/** Less than the interval, so that the first fetch after a silence of the issuer starts within 5 s of its end. */
export const fetchTimeoutMs = 4_000;

/**
 * The public keys of the issuer, fetched for the first token. The penalty box of the library has a timer for each unknown
 * key, and each of them reopens the box, so that a flood of unknown keys causes several fetches a minute. This class
 * keeps one earliest time for the next fetch instead.
 */
export class IssuerKeys {
  readonly cache: SimpleJwksCache;
  readonly #now: () => number;
  readonly #refresh: NodeJS.Timeout;
  #notBefore = 0;
  #isFailing = false;

  constructor(private readonly options: IssuerKeysOptions) {
    this.#now = options.now ?? Date.now;
    this.cache = new RateLimitedJwksCache({
      fetcher: { fetch: (uri) => this.#fetch(uri) },
      jwksParser: (bytes) => this.#parse(bytes),
      penaltyBox: {
        wait: async () => this.#checkInterval(),
        registerFailedAttempt: () => void (this.#notBefore = this.#now() + unknownKeyIntervalMs),
        registerSuccessfulAttempt: () => undefined,
      },
    });
    this.#refresh = setInterval(() => void this.cache.getJwks(options.uri).catch(() => undefined), refreshMs).unref();
  }

  /** Whether the last fetch failed. Then an unknown key does not mean that the token is invalid. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  close(): void {
    clearInterval(this.#refresh);
  }

  async #fetch(uri: string): Promise<ArrayBuffer> {
    this.#checkInterval();
    this.#notBefore = this.#now() + fetchIntervalMs;
    try {
      return await download(uri);
    } catch (err) {
      throw this.#failed(err);
    }
  }

  #parse(bytes: ArrayBuffer): Jwks {
    try {
      const jwks = JSON.parse(new TextDecoder().decode(bytes)) as Jwks;
      assertIsJwks(jwks);
      this.#isFailing = false;
      return jwks;
    } catch (err) {
      throw this.#failed(err);
    }
  }

  #checkInterval(): void {
    if (this.#now() < this.#notBefore)
      throw new WaitPeriodNotYetEndedJwkError('The next fetch of the keys is not due yet.');
  }

  #failed(err: unknown): unknown {
    this.#isFailing = true;
    this.options.log.error({ err }, 'could not fetch the public keys of the token issuer');
    return err;
  }
}

/** Waits for a running fetch, which may contain the key; the library would fail at once because of the penalty box. */
class RateLimitedJwksCache extends SimpleJwksCache {
  #running: Promise<unknown> = Promise.resolve();

  override getJwks(uri: string): Promise<Jwks> {
    const fetched = super.getJwks(uri);
    this.#running = fetched.catch(() => undefined);
    return fetched;
  }

  override async getJwk(...args: Parameters<SimpleJwksCache['getJwk']>): ReturnType<SimpleJwksCache['getJwk']> {
    await this.#running;
    return super.getJwk(...args);
  }
}

/** A connection that the issuer closes at the same moment is replaced once. */
async function download(uri: string): Promise<ArrayBuffer> {
  const signal = AbortSignal.timeout(fetchTimeoutMs);
  const get = () => request(uri, { signal });
  const { statusCode, body } = await get().catch((failure: unknown) => {
    if (signal.aborted) throw failure;
    return get();
  });
  if (statusCode === 200) return body.arrayBuffer();
  await body.dump();
  throw new Error(`expected HTTP 200 from ${uri}, got ${statusCode}`);
}
