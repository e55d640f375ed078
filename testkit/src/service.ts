import type { ProcessSettings, Variables } from '@marquee/chassis/config/settings';
import { type Caller, guest } from '@marquee/chassis/identity/caller';
import { callerHeader } from '@marquee/chassis/identity/signature';
import { type Service, start } from '@marquee/chassis/process/run';
import { testKeys } from './keys.js';
import { listen, type Listening } from './live.js';

/** A GraphQL answer as it came over HTTP. */
export interface Answer {
  status: number;
  // What a test asked for has the shape that it asked for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

export interface AskOptions {
  caller?: Caller;
  variables?: object;
  headers?: Record<string, string>;
}

/** A real service that listens on a port of its own in the test's process. */
export interface TestService {
  url: string;
  /** Sends an operation as the gateway would, with the caller signed for this service; a guest when none is given. */
  ask(document: string, options?: AskOptions): Promise<Answer>;
  /** Subscribes as the gateway would. */
  listen(document: string, options?: AskOptions): Promise<Listening>;
  close(): Promise<void>;
}

/** Starts a service on port 0 with keys of the test and quiet logs; `variables` come on top. */
export async function startService<Settings extends ProcessSettings>(
  service: Service<Settings>,
  variables: Variables,
): Promise<TestService> {
  const keys = await testKeys();
  const running = await start(service, { ...testEnvironment(keys.publicKeys), ...variables });
  return {
    url: running.url,
    ask: async (document, { caller = guest, variables, headers } = {}) =>
      post(`${running.url}/graphql`, document, variables, {
        [callerHeader]: await keys.signer.sign(caller, service.name),
        ...headers,
      }),
    async listen(query, { caller = guest, variables } = {}) {
      const signed = { [callerHeader]: await keys.signer.sign(caller, service.name) };
      return listen({ url: `${running.url}/graphql`, query, variables, connectionParams: signed, extensions: signed });
    },
    close: () => running.close(),
  };
}

/** Sends one operation over HTTP POST. */
export async function post(
  url: string,
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data = null, errors = [] } = (await response.json()) as Partial<Answer>;
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
  };
}
