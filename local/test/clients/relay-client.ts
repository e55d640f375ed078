import relayRuntime from 'relay-runtime';
import { type DocumentName, documents } from './client-documents.js';
import { openSockets, subscribeResuming } from './live-sockets.js';
import { type ClientError, endpointsOf, type OpenClient } from './stock-client.js';

/** The part of Relay that is used; the package has no types. */
interface Relay {
  Environment: new (config: object) => Environment;
  Network: { create(fetch: Fetch, subscribe: Subscribe): object };
  Observable: { create(start: (sink: Sink) => () => void): unknown };
  RecordSource: new () => object;
  Store: new (source: object) => object;
  createOperationDescriptor(artifact: object, variables: object): { fragment: object };
  fetchQuery(environment: Environment, artifact: object, variables: object): { toPromise(): Promise<unknown> };
  commitMutation(environment: Environment, config: object): void;
  requestSubscription(environment: Environment, config: object): { dispose(): void };
}

interface Environment {
  lookup(fragment: object): { data: unknown };
  subscribe(snapshot: object, onChange: (snapshot: { data: unknown }) => void): { dispose(): void };
  retain(operation: object): { dispose(): void };
}

interface Request {
  text: string;
}

interface Payload {
  data?: unknown;
  errors?: ClientError[];
}

interface Sink {
  next(payload: object): void;
  error(failure: unknown): void;
  complete(): void;
}

type Fetch = (request: Request, variables: Record<string, unknown>) => Promise<Payload>;
type Subscribe = (request: Request, variables: Record<string, unknown>) => unknown;

const relay = relayRuntime as Relay;

/** @param artifacts the output of the Relay compiler for each document */
export function relayClientOf(artifacts: Record<DocumentName, object>): OpenClient {
  return (options) => {
    const sockets = openSockets(options);
    let errors: ClientError[] = [];
    const fetchPayload: Fetch = async ({ text: query }, variables) => {
      const payload = await post(endpointsOf(options).http, options.accessToken, { query, variables });
      errors = payload.errors ?? [];
      return payload;
    };
    const subscribe: Subscribe = ({ text: query }, variables) =>
      relay.Observable.create((sink) => subscribeResuming(sockets, { query, variables }, sink));
    const environment = new relay.Environment({
      network: relay.Network.create(fetchPayload, subscribe),
      store: new relay.Store(new relay.RecordSource()),
    });
    return {
      async run(name, variables = {}) {
        const data = documents[name].startsWith('mutation')
          ? await commit(environment, artifacts[name], variables)
          : await relay.fetchQuery(environment, artifacts[name], variables).toPromise();
        return { data, errors };
      },
      watch(name, variables, onData) {
        const operation = relay.createOperationDescriptor(artifacts[name], variables);
        const retained = environment.retain(operation);
        let stop = (): void => undefined;
        void relay
          .fetchQuery(environment, artifacts[name], variables)
          .toPromise()
          .then((data) => {
            onData(data);
            const watching = environment.subscribe(environment.lookup(operation.fragment), (one) => onData(one.data));
            stop = () => watching.dispose();
          });
        return () => {
          stop();
          retained.dispose();
        };
      },
      subscribe(name, variables, onData) {
        const subscription = { subscription: artifacts[name], variables, onNext: onData, onError: options.onError };
        const { dispose } = relay.requestSubscription(environment, subscription);
        return dispose;
      },
      close: () => void sockets.dispose(),
    };
  };
}

function commit(environment: Environment, mutation: object, variables: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    relay.commitMutation(environment, { mutation, variables, onCompleted: resolve, onError: reject });
  });
}

async function post(url: string, token: string, body: object): Promise<Payload> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Payload;
}
