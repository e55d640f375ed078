import { afterAll, beforeAll, expect, test } from '@jest/globals';
import relayRuntime from 'relay-runtime';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Library, openLibrary } from '../fixtures/library-subgraphs.js';

/** The part of Relay that the test uses, with operations that no compiler has made. */
interface Relay {
  Environment: new (config: object) => RelayEnvironment;
  Network: { create(execute: (params: { text: string }) => unknown): object };
  Observable: { create(start: (sink: Sink) => void): unknown };
  RecordSource: new () => object;
  Store: new (source: object) => object;
  createOperationDescriptor(request: object, variables: object): object;
}

interface RelayEnvironment {
  execute(config: object): { subscribe(observer: { next(): void; error(error: Error): void; complete(): void }): void };
  getStore(): { getSource(): { toJSON(): Record<string, Record<string, unknown>> } };
}

interface Sink {
  next(payload: object): void;
  error(error: unknown): void;
  complete(): void;
}

interface Payload {
  data?: object;
  hasNext?: boolean;
  incremental?: { data: object; path: (string | number)[]; label: string }[];
}

const relay = relayRuntime as unknown as Relay;

const label = 'BookQuery$defer$BookAuthor';
const text = `query BookQuery { book { id title ... @defer(label: "${label}") { author { name } } } }`;

let library: Library;
let gateway: Gateway;

beforeAll(async () => {
  library = await openLibrary();
  gateway = await openGateway(library.all);
});
afterAll(async () => {
  await gateway.close();
  await library.close();
});

test('Relay normalizes a deferred part under its label and path', async () => {
  const environment = createEnvironment();
  const operation = relay.createOperationDescriptor(request, {});
  const snapshots: Record<string, Record<string, unknown>>[] = [];
  await new Promise<void>((complete, error) => {
    const next = (): void => void snapshots.push(structuredClone(environment.getStore().getSource().toJSON()));
    environment.execute({ operation }).subscribe({ next, error, complete });
  });
  expect(snapshots).toHaveLength(2);
  expect(snapshots[0]?.['1']).toMatchObject({ title: 'Book 1' });
  expect(JSON.stringify(snapshots[0])).not.toContain('Author 1');
  expect(JSON.stringify(snapshots[1])).toContain('"name":"Author 1"');
});

function createEnvironment(): RelayEnvironment {
  const execute = ({ text: query }: { text: string }): unknown =>
    relay.Observable.create((sink) => void send(query, sink).then(() => sink.complete(), sink.error));
  const store = new relay.Store(new relay.RecordSource());
  return new relay.Environment({ network: relay.Network.create(execute), store });
}

/** A network layer for Relay: passes each part on with its path and label. */
async function send(query: string, sink: Sink): Promise<void> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'multipart/mixed;deferSpec=20220824' },
    body: JSON.stringify({ query }),
  });
  for (const [, json = ''] of (await response.text()).matchAll(/\r\n\r\n(.*)\r\n---/g)) {
    const { incremental, hasNext, ...first } = JSON.parse(json) as Payload;
    const extensions = { is_final: hasNext === false };
    if (!incremental) sink.next({ ...first, extensions });
    for (const part of incremental ?? []) sink.next({ ...part, extensions });
  }
}

function scalar(name: string): object {
  return { kind: 'ScalarField', alias: null, args: null, name, storageKey: null };
}

function linked(name: string, concreteType: string, selections: object[]): object {
  return {
    kind: 'LinkedField',
    alias: null,
    args: null,
    concreteType,
    name,
    plural: false,
    selections,
    storageKey: null,
  };
}

/** The query as the Relay compiler writes it. */
const request = {
  kind: 'Request',
  fragment: {
    kind: 'Fragment',
    name: 'BookQuery',
    type: 'Query',
    abstractKey: null,
    argumentDefinitions: [],
    metadata: null,
    selections: [linked('book', 'Book', [scalar('id'), scalar('title')])],
  },
  operation: {
    kind: 'Operation',
    name: 'BookQuery',
    argumentDefinitions: [],
    selections: [
      linked('book', 'Book', [
        scalar('id'),
        scalar('title'),
        { kind: 'Defer', if: null, label, selections: [linked('author', 'Author', [scalar('name')])] },
      ]),
    ],
  },
  params: { cacheID: 'book', id: null, metadata: {}, name: 'BookQuery', operationKind: 'query', text },
};
