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

/** Milliseconds. Between two fetches in any case, and after one for a key that the issuer did not have. */
const betweenFetches = 5_000;
const afterUnknownKey = 60_000;
/** An old set is fetched anew so often, so that a key which the issuer withdrew stops counting. */
const refreshEvery = 3_600_000;
const fetchTimeout = 5_000;

/**
 * The public keys of the issuer; nothing is fetched before the first token. The library's own penalty box keeps a timer
 * for each unknown key, and every one of them opens the box again, so that a flood would cost several fetches a minute:
 * here a time is kept instead.
 */
export class IssuerKeys {
  readonly cache: SimpleJwksCache;
  readonly #now: () => number;
  readonly #refresh: NodeJS.Timeout;
  #notBefore = 0;
  #failing = false;

  constructor(private readonly options: IssuerKeysOptions) {
    this.#now = options.now ?? Date.now;
    this.cache = new RateLimitedJwksCache({
      fetcher: { fetch: (uri) => this.#fetch(uri) },
      jwksParser: (bytes) => this.#parse(bytes),
      penaltyBox: {
        wait: async () => this.#mustWait(),
        registerFailedAttempt: () => void (this.#notBefore = this.#now() + afterUnknownKey),
        registerSuccessfulAttempt: () => undefined,
      },
    });
    this.#refresh = setInterval(
      () => void this.cache.getJwks(options.uri).catch(() => undefined),
      refreshEvery,
    ).unref();
  }

  /** Whether the last fetch brought no keys, so that an unknown key says nothing about the token. */
  get failing(): boolean {
    return this.#failing;
  }

  close(): void {
    clearInterval(this.#refresh);
  }

  async #fetch(uri: string): Promise<ArrayBuffer> {
    this.#mustWait();
    this.#notBefore = this.#now() + betweenFetches;
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
      this.#failing = false;
      return jwks;
    } catch (err) {
      throw this.#failed(err);
    }
  }

  #mustWait(): void {
    if (this.#now() < this.#notBefore) throw new WaitPeriodNotYetEndedJwkError('The keys were fetched a moment ago.');
  }

  #failed(err: unknown): unknown {
    this.#failing = true;
    this.options.log.error({ err }, 'could not fetch the keys of the token issuer');
    return err;
  }
}

/** The library asks how long to wait without regard to a fetch under way, which may bring the very key. */
class RateLimitedJwksCache extends SimpleJwksCache {
  #underWay: Promise<unknown> = Promise.resolve();

  override getJwks(uri: string): Promise<Jwks> {
    const fetched = super.getJwks(uri);
    this.#underWay = fetched.catch(() => undefined);
    return fetched;
  }

  override async getJwk(...of: Parameters<SimpleJwksCache['getJwk']>): ReturnType<SimpleJwksCache['getJwk']> {
    await this.#underWay;
    return super.getJwk(...of);
  }
}

async function download(uri: string): Promise<ArrayBuffer> {
  const { statusCode, body } = await request(uri, { signal: AbortSignal.timeout(fetchTimeout) });
  if (statusCode === 200) return body.arrayBuffer();
  await body.dump();
  throw new Error(`HTTP ${statusCode}`);
}
