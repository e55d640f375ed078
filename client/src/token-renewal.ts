import type { LiveClientOptions } from './live-client.js';

export interface TokenRenewalOptions {
  token: LiveClientOptions['token'];
  /** Sends a ping with credentials over the open socket. */
  send(payload: Credentials): void;
}

/** The payload of `connection_init`, and of a ping that renews the token. Empty for a guest. */
export interface Credentials {
  authorization?: string;
}

/** Milliseconds until a failed renewal is retried. */
export const renewalRetryMs = 2_000;

/** Share of a token's lifetime after which it is renewed. */
const renewalPoint = 2 / 3;

/** Milliseconds between two renewals, also if the application supplies a token that expires at once. */
const shortestRenewalMs = 1_000;

/** Longest delay of a timer. */
const maxTimerMs = 2 ** 31 - 1;

/** Supplies the token of each socket, and renews it while the socket is open. */
export class TokenRenewal {
  #current: string | undefined;
  #isRefused = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Changes when a socket ends, so that a renewal in progress does not continue on the next one. */
  #socket = 0;

  constructor(private readonly options: TokenRenewalOptions) {}

  async credentials(): Promise<Credentials> {
    this.#current = await this.options.token?.({ isRefused: this.#isRefused });
    this.#isRefused = false;
    return this.#current === undefined ? {} : { authorization: `Bearer ${this.#current}` };
  }

  /** Schedules the next renewal, by the lifetime of the current token. */
  start(): void {
    const lifetime = this.#current === undefined ? undefined : lifetimeOf(this.#current);
    if (lifetime !== undefined) this.renew(Math.max(lifetime * renewalPoint, shortestRenewalMs));
  }

  /** Sends a new token now, or after a delay in milliseconds. */
  renew(delayMs = 0): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#sendNew(this.#socket), Math.min(delayMs, maxTimerMs));
  }

  /** Requests another token next time, because the last one was refused or has expired. */
  refuse(): void {
    this.#isRefused = true;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#socket += 1;
  }

  async #sendNew(socket: number): Promise<void> {
    const credentials = await this.credentials().catch((): Credentials => ({}));
    if (socket !== this.#socket) return;
    if (credentials.authorization === undefined) return this.renew(renewalRetryMs);
    this.options.send(credentials);
    this.start();
  }
}

/**
 * Milliseconds for which a JSON Web Token is still valid.
 * @returns undefined for a token of another form: it is renewed when the gateway warns that it expires
 */
function lifetimeOf(token: string): number | undefined {
  try {
    const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
    const { exp, iat } = JSON.parse(atob(payload)) as { exp?: number; iat?: number };
    if (exp === undefined) return undefined;
    const left = exp * 1_000 - Date.now();
    // A clock that is wrong by more than the lifetime does not count.
    const whole = iat === undefined ? left : (exp - iat) * 1_000;
    return left > 0 && left < whole ? left : Math.max(whole, renewalRetryMs);
  } catch {
    return undefined;
  }
}
