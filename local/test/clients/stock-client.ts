import type { DocumentName } from './client-documents.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- results have the shape that the documents select */

/** A client library with the configuration of its documentation. */
export interface StockClient {
  /** Runs a query or mutation. */
  run(name: DocumentName, variables?: Record<string, unknown>): Promise<Outcome>;
  /** Reports every state of a query in the normalised cache of the client. Absent for a client without one. */
  watch?(name: DocumentName, variables: Record<string, unknown>, onData: (data: any) => void): Stop;
  /** Reports every event of a subscription. Absent for a client without subscriptions. */
  subscribe?(name: DocumentName, variables: Record<string, unknown>, onData: (data: any) => void): Stop;
  close(): void;
}

export type Stop = () => void;

export interface Outcome {
  data: any;
  errors: ClientError[];
}

/** A GraphQL error as the client reports it. */
export interface ClientError {
  message: string;
  path?: readonly (string | number)[] | undefined;
  extensions?: { code?: unknown; fields?: unknown } | undefined;
}

/** The form of an upload, to which the file is added. */
export interface UploadForm {
  url: string;
  fields: { name: string; value: string }[];
}

export interface ClientOptions {
  /** The URL of the gateway. */
  url: string;
  /** An access token for requests over HTTP. */
  accessToken: string;
  /** Requests a new access token, for each connection that carries subscriptions. */
  renew(): Promise<string>;
  /** Reports the error with which a subscription ends. */
  onError(failure: unknown): void;
  /** The class of WebSockets for versions of Node without one, such as 20. */
  webSocketImpl?: unknown;
}

export type OpenClient = (options: ClientOptions) => StockClient;

/** Milliseconds between two attempts to connect. */
export const retryMs = 200;

/** The HTTP and WebSocket addresses of the endpoint. */
export function endpointsOf({ url }: ClientOptions): { http: string; live: string } {
  return { http: `${url}/graphql`, live: `${url.replace('http', 'ws')}/graphql` };
}

/** The place where clients run: this process, or a page in a browser. */
export interface ClientHost {
  /** Opens all clients of the host, by name. */
  open(optionsOf: (name: string) => ClientOptions): Promise<Map<string, StockClient>>;
  /** Sends the form of an upload from there. @returns the status of the response */
  sendForm(form: UploadForm, file: Buffer): Promise<number>;
}

/** The form of an upload with its file. */
export function formWith({ fields }: UploadForm, file: Uint8Array): FormData {
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(file)], { type: 'image/png' }), 'avatar.png');
  return form;
}
