import { positionsExtension } from '@marquee/chassis/bus/stream-position';
import type { ProcessSettings, Variables } from '@marquee/chassis/config/settings';
import { type Caller, guest } from '@marquee/chassis/identity/caller';
import { windowExtension } from '@marquee/chassis/graphql/stream-window';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { type Service, start } from '@marquee/chassis/process/run-service';
import { testKeys } from './test-keys.js';
import { subscribe, type TestSubscription } from './subscribe.js';

/** A GraphQL response over HTTP. */
export interface GraphqlResponse {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests know the shape of the data that they request
  data: any;
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

export interface TestRequestOptions {
  caller?: Caller;
  variables?: object;
  headers?: Record<string, string>;
  /** Whether a subscription also receives the positions of its stream, like the gateway. Default: false. */
  positions?: boolean;
  /** The number of events after which a subscription receives no further ones. Default: unlimited. */
  window?: number;
}

/** A service that runs in the test's process and listens on a free port. */
export interface TestService {
  url: string;
  /** Sends an operation like the gateway, with the caller signed for this service. Default: a guest. */
  request(document: string, options?: TestRequestOptions): Promise<GraphqlResponse>;
  /** Subscribes like the gateway, and waits until the stream is open. */
  subscribe(document: string, options?: TestRequestOptions): Promise<TestSubscription>;
  close(): Promise<void>;
}

/** Starts a service with the keys of this process and without logs. @param variables further environment variables */
export async function startService<Settings extends ProcessSettings>(
  service: Service<Settings>,
  variables: Variables,
): Promise<TestService> {
  const keys = await testKeys();
  const running = await start(service, { ...testEnvironment(keys.publicKeys), ...variables });
  return {
    url: running.url,
    request: async (document, { caller = guest, variables, headers } = {}) =>
      post(`${running.url}/graphql`, document, variables, {
        [callerHeader]: await keys.signer.sign(caller, service.name),
        ...headers,
      }),
    async subscribe(query, { caller = guest, variables, positions = false, window } = {}) {
      const signed = { [callerHeader]: await keys.signer.sign(caller, service.name) };
      const subscription = subscribe({
        url: `${running.url}/graphql`,
        query,
        variables,
        connectionParams: signed,
        extensions: { ...signed, [positionsExtension]: positions, ...windowOf(window) },
      });
      await subscription.started;
      return subscription;
    },
    close: () => running.close(),
  };
}

function windowOf(size: number | undefined): object {
  return size === undefined ? {} : { [windowExtension]: { id: '1', size } };
}

/** Sends an operation by HTTP POST. */
export async function post(
  url: string,
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
): Promise<GraphqlResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data = null, errors = [] } = (await response.json()) as Partial<GraphqlResponse>;
  return { status: response.status, data, errors };
}

function testEnvironment(publicKeys: string): Variables {
  return {
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DRAIN_SECONDS: '2',
    DRAIN_DELAY_SECONDS: '0',
    CALLER_KEYS: publicKeys,
    QUOTA_FACTOR: '1000',
  };
}
