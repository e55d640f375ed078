import type { Closable } from '@marquee/chassis/process/closers';

/** Sends POST requests to one URL over persistent connections. */
export interface ServiceClient extends Closable {
  /** Sends a request. Exactly one function of the receiver is called, unless the request is given up. */
  post(request: PostRequest, receiver: ResponseReceiver): GiveUp;
  /** Closes the connections once the requests in flight have ended. */
  close(): Promise<void>;
}

export interface PostRequest {
  /** Alternating names, in lower case, and values. */
  headers: readonly string[];
  body: string;
}

export interface ResponseReceiver {
  onResponse(response: ServiceResponse): void;
  /** The connection failed, or, as `ResponseTooLarge`, the response is larger than permitted. */
  onFailure(failure: Error): void;
}

/** Gives a request up: closes its connection, on which the service might otherwise still respond. */
export type GiveUp = () => void;

/** A whole response: responses are small, and a stream for each would cost more than it saves. */
export interface ServiceResponse {
  status: number;
  /** By name, in lower case: those of the body and of its caching, and that of the work. */
  headers: ResponseHeaders;
  text: string;
  /** The size of the body. */
  bytes: number;
}

export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/** The response is larger than permitted. */
export class ResponseTooLarge extends Error {
  override name = 'ResponseTooLarge';
}

export interface ServiceClientOptions {
  /** Maximum number of connections. */
  connections: number;
  /** Milliseconds for opening a connection. */
  connectMs: number;
  /** Milliseconds that an idle connection is kept at most. */
  keepAliveMs: number;
  /** Maximum size of the body of a response. */
  maxResponseBytes: number;
}
