import type { SubscribePayload } from 'graphql-ws';
import type { Connection } from './connection.js';
import { isErrors, permanentError } from './interruption.js';
import type { Cursor, ErrorExtensions, LiveOperation, LiveResult, LiveSink } from './live-operation.js';

/**
 * Runs one subscription over any number of sockets. Each request has `extensions.resume`: the gateway then sends the cursor
 * of each event, and of the start, and resumes after the one that the client sends back.
 *
 * @returns a function that ends it
 * @throws TypeError for a query or mutation, which would be sent again after an interruption
 */
export function runSubscription<Data, Variables>(
  connection: Connection,
  operation: LiveOperation<Data, Variables>,
  sink: LiveSink<Data>,
): () => void {
  const subscription = new ResumedSubscription<Data>(connection, payloadOf(operation), sink);
  subscription.start();
  return () => subscription.end();
}

/** The beginning of a document, after comments. */
const queryOrMutation = /^(?:\s|#[^\r\n]*[\r\n])*(?:\{|query\b|mutation\b)/;

/** @throws TypeError for a parsed document, and for another operation than a subscription */
function payloadOf({ query, ...rest }: LiveOperation<unknown, unknown>): SubscribePayload {
  if (typeof query !== 'string' && 'kind' in query)
    throw new TypeError('The document is parsed: pass its text, with `print`.');
  const text = query.toString();
  if (queryOrMutation.test(text)) throw new TypeError('This client runs subscriptions only.');
  return { ...rest, query: text } as SubscribePayload;
}

/** Milliseconds after which a server that does not report the start of a subscription is assumed to have started it. */
const startWaitMs = 2_000;

class ResumedSubscription<Data> {
  #cursor: Cursor | undefined;
  /** Interruptions by errors since the last event. */
  #failures = 0;
  /** Whether events are lost, which is reported once the subscription has started: data that is read earlier are outdated. */
  #hasGap = false;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;
  #unsubscribe: () => void = () => undefined;

  constructor(
    private readonly connection: Connection,
    private readonly payload: SubscribePayload,
    private readonly sink: LiveSink<Data>,
  ) {}

  start(): void {
    if (this.connection.isClosed) return this.#complete();
    const extensions = () => ({ ...this.payload.extensions, resume: this.#resumption() });
    if (this.#hasGap) this.#awaitStart();
    this.#unsubscribe = this.connection.subscribe(
      {
        ...this.payload,
        // Read when it is sent: after the close code 1000, graphql-ws sends it again by itself.
        get extensions() {
          return extensions();
        },
      },
      {
        next: (result) => this.#receive(result as LiveResult<Data>),
        error: (interruption) => void this.#continueAfter(interruption),
        complete: () => this.#complete(),
      },
    );
  }

  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#startTimer);
    this.#unsubscribe();
  }

  #resumption(): { after?: Cursor; reportsStart?: true } {
    if (this.#cursor !== undefined) return { after: this.#cursor };
    return this.#hasGap ? { reportsStart: true } : {};
  }

  /** With a cursor no event after it is lost, however late the subscription starts. */
  #awaitStart(): void {
    const delayMs = this.#cursor === undefined ? startWaitMs : 0;
    void this.connection.untilConnected().then(() => {
      clearTimeout(this.#startTimer);
      this.#startTimer = setTimeout(() => this.#reportGap(), delayMs);
    });
  }

  #receive(result: LiveResult<Data>): void {
    if (this.#hasEnded) return;
    const { cursor, gap, started } = result.extensions ?? {};
    clearTimeout(this.#startTimer);
    if (started === false) return;
    if (cursor !== undefined) this.#cursor = cursor;
    if (gap) this.#hasGap = false;
    this.#reportGap();
    if (started || isPosition(result)) return;
    this.#failures = 0;
    this.sink.next(result);
  }

  #reportGap(): void {
    if (!this.#hasGap || this.#hasEnded) return;
    this.#hasGap = false;
    this.sink.next({ data: null, extensions: { gap: true } });
  }

  #complete(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#startTimer);
    this.sink.complete();
  }

  async #continueAfter(interruption: unknown): Promise<void> {
    clearTimeout(this.#startTimer);
    if (this.#hasEnded) return;
    if (this.connection.isClosed) return this.#complete();
    const extensions = isErrors(interruption) ? interruption[0]?.extensions : undefined;
    const error = this.#isStaleCursor(extensions) ? undefined : permanentError(interruption, this.connection.refusals);
    if (error) {
      this.#hasEnded = true;
      return this.sink.error(error);
    }
    this.#hasGap ||= extensions?.gap === true || this.#isStaleCursor(extensions);
    this.#cursor = extensions?.cursor ?? this.#cursor;
    this.#hasGap ||= this.#cursor === undefined;
    await this.#pause(interruption, extensions);
    this.#restart();
  }

  #restart(): void {
    if (!this.#hasEnded) this.start();
  }

  /** Whether the store no longer has the position of this client, for instance because it was restored from a backup. */
  #isStaleCursor(extensions: ErrorExtensions | undefined): boolean {
    return extensions?.code === 'BAD_USER_INPUT' && extensions.cursor !== undefined && this.#cursor !== undefined;
  }

  /** Subscriptions that lose their socket wait together; one that ended by an error waits alone. */
  #pause(interruption: unknown, extensions: ErrorExtensions | undefined): Promise<void> {
    if (!isErrors(interruption)) return this.connection.pauseAfterLoss(interruption);
    this.#failures += 1;
    return this.connection.pause(interruption, this.#failures, (extensions?.retryAfterSeconds ?? 0) * 1_000);
  }
}

/** The report of where the stream starts. */
function isPosition({ data, errors, extensions }: LiveResult<unknown>): boolean {
  return data === null && !errors && extensions?.cursor !== undefined && !extensions.gap;
}
