/** The code of the page on which clients run in a browser. */
import { openApollo } from './apollo-client.js';
import type { DocumentName } from './client-documents.js';
import { relayClientOf } from './relay-client.js';
import {
  type ClientOptions,
  formWith,
  type Outcome,
  type StockClient,
  type Stop,
  type UploadForm,
} from './stock-client.js';
import { openUrql } from './urql-client.js';

export const browserClients = ['Apollo Client', 'urql', 'Relay'] as const;
export type BrowserClient = (typeof browserClients)[number];

/** Functions that the test exposes to the page. */
declare function renewToken(client: BrowserClient): Promise<string>;
declare function reportData(id: number, data: unknown): Promise<void>;
declare function reportFailure(client: BrowserClient, failure: string): Promise<void>;

type Variables = Record<string, unknown>;

/** The functions on the page, which the test calls. */
export interface BrowserPage {
  open(options: Pick<ClientOptions, 'url' | 'accessToken'>): void;
  run(client: BrowserClient, name: DocumentName, variables: Variables): Promise<Outcome>;
  /** Reports data with this id until `stop` is called with it. */
  start(client: BrowserClient, kind: 'watch' | 'subscribe', name: DocumentName, variables: Variables, id: number): void;
  stop(id: number): void;
  /** @returns the status of the response */
  sendForm(form: UploadForm, file: number[]): Promise<number>;
}

/** @param artifacts the output of the Relay compiler for each document */
export function createBrowserPage(artifacts: Record<DocumentName, object>): BrowserPage {
  let clients: Record<BrowserClient, StockClient>;
  const stops = new Map<number, Stop>();
  return {
    open(given) {
      const optionsOf = (name: BrowserClient): ClientOptions => ({
        ...given,
        renew: () => renewToken(name),
        onError: (failure) => void reportFailure(name, String(failure)),
      });
      clients = {
        'Apollo Client': openApollo(optionsOf('Apollo Client')),
        urql: openUrql(optionsOf('urql')),
        Relay: relayClientOf(artifacts)(optionsOf('Relay')),
      };
    },
    run: (client, name, variables) => clients[client].run(name, variables),
    start(client, kind, name, variables, id) {
      const start = clients[client][kind]!;
      stops.set(
        id,
        start(name, variables, (data) => void reportData(id, data)),
      );
    },
    stop: (id) => stops.get(id)?.(),
    async sendForm(form, file) {
      return (await fetch(form.url, { method: 'POST', body: formWith(form, new Uint8Array(file)) })).status;
    },
  };
}
