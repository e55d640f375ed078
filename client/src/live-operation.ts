/** A document with the types of its result and variables, such as `TypedDocumentString` of GraphQL Code Generator. */
export interface TypedDocument<Data, Variables> {
  toString(): string;
  /** A parsed document, which has a kind, must be printed. */
  kind?: never;
  /** Exists in types only. */
  __apiType?(variables: Variables): Data;
}

/** A subscription. */
export interface LiveOperation<Data, Variables> {
  query: string | TypedDocument<Data, Variables>;
  variables?: Variables | undefined;
  operationName?: string | undefined;
  /** The hash of a persisted document, with an empty `query`. */
  documentId?: string | undefined;
  extensions?: Record<string, unknown> | undefined;
  /**
   * The effect of an error on its event. Default: the gateway holds events of resumable fields until their data is
   * complete. With `NULL` it sends them at once, with null for unavailable fields and `extensions.incomplete`.
   */
  onError?: 'NULL' | 'PROPAGATE' | 'HALT' | undefined;
}

/** An error of GraphQL. */
export interface ErrorObject {
  message: string;
  path?: readonly (string | number)[];
  extensions?: ErrorExtensions;
}

/** The extensions of an error that determine how a client continues. */
export interface ErrorExtensions extends Record<string, unknown> {
  code?: string;
  cursor?: Cursor;
  gap?: boolean;
  retryAfterSeconds?: number;
}

/** The position of an event in its subscription. */
export type Cursor = string | number;

/** An event, or the notice that events are lost. */
export interface LiveResult<Data> {
  data?: Data | null;
  errors?: readonly ErrorObject[];
  extensions?: LiveExtensions;
}

export interface LiveExtensions extends Record<string, unknown> {
  /** Events before this point are lost, and `data` is null: read the current data. */
  gap?: true;
  /** The position of the event, if the subscription is resumable. */
  cursor?: Cursor;
  /** Of a result that the client does not pass on: whether the service has started a subscription without cursors. */
  started?: boolean;
  /** Fields of unavailable services are null; only with `onError: "NULL"` and for subscriptions that are not resumable. */
  incomplete?: true;
}

/** Receives the results of one subscription. */
export interface LiveSink<Data> {
  next(result: LiveResult<Data>): void;
  /** Called once, after which nothing follows. */
  error(error: LiveError): void;
  /** Called when the server has completed the subscription. Nothing follows. */
  complete(): void;
}

/** The permanent end of a subscription: a retry cannot succeed without a change. */
export class LiveError extends Error {
  override readonly name = 'LiveError';

  constructor(
    message: string,
    /** The errors of GraphQL with which the server ended the subscription. */
    readonly errors: readonly ErrorObject[] = [],
    /** The code with which the server closed the socket. */
    readonly closeCode?: number,
  ) {
    super(message);
  }
}
