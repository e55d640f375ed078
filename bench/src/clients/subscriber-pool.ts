import { WebSocket } from 'ws';

/** Milliseconds that an event may take to reach all subscribers. */
const deliveryTimeoutMs = 30_000;

/** Sockets that are opened concurrently. */
const connectBatchSize = 50;

/** How the subscribers of a stream connect. */
export interface ConnectOptions {
  /** URL of the GraphQL endpoint. */
  url: string;
  document: string;
  /** The variables of all subscribers, or of each by its index. */
  variables?: object | ((index: number) => object);
  /** Access tokens, assigned round-robin; without any, the subscribers are guests. */
  tokens: readonly string[];
}

/** Subscribers of one stream, each with its own socket. */
export class SubscriberPool {
  readonly #sockets: WebSocket[] = [];
  #last: Buffer | undefined;
  #delivered = 0;
  #onEvent: () => void = () => undefined;

  /** Connects `size` clients and subscribes each of them. */
  static async open(options: ConnectOptions, size: number): Promise<SubscriberPool> {
    const pool = new SubscriberPool();
    const { tokens } = options;
    while (pool.#sockets.length < size) {
      const first = pool.#sockets.length;
      const batch = Array.from(
        { length: Math.min(connectBatchSize, size - first) },
        (_, nth) => tokens[(first + nth) % tokens.length],
      );
      const onEvent = (data: Buffer): void => pool.#receive(data);
      const connected = batch.map((token, nth) => connect(options, { token, index: first + nth, onEvent }));
      pool.#sockets.push(...(await Promise.all(connected)));
    }
    return pool;
  }

  /**
   * Runs `send` and waits until every subscriber has received one more event.
   * @returns the latency of each delivery in milliseconds
   */
  async awaitEvent(send: () => Promise<unknown>): Promise<number[]> {
    const times: number[] = [];
    const size = this.#sockets.length;
    const started = performance.now();
    const all = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${times.length} of ${size} got an event`)), deliveryTimeoutMs);
      this.#onEvent = () => {
        if (times.push(performance.now() - started) < size) return;
        clearTimeout(late);
        resolve();
      };
    });
    await Promise.all([send(), all]);
    return times;
  }

  /** Deliveries so far, over all subscribers. */
  get delivered(): number {
    return this.#delivered;
  }

  /** The last event that any subscriber received. */
  lastEvent(): unknown {
    return (JSON.parse(String(this.#last)) as { payload: unknown }).payload;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map(disconnect));
  }

  #receive(data: Buffer): void {
    this.#delivered += 1;
    this.#last = data;
    this.#onEvent();
  }
}

interface Subscriber {
  token: string | undefined;
  index: number;
  onEvent: (data: Buffer) => void;
}

/** Messages are recognised by a substring instead of parsed, so that a thousand clients stay cheap. */
async function connect(
  { url, document: query, variables: given }: ConnectOptions,
  { token, index, onEvent }: Subscriber,
): Promise<WebSocket> {
  const variables = typeof given === 'function' ? (given as (index: number) => object)(index) : given;
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const payload = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const init = { type: 'connection_init', payload };
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', (code, reason) => reject(new Error(`${url} closed a socket: ${code} ${reason.toString()}`)));
    socket.once('open', () => socket.send(JSON.stringify(init)));
    socket.on('message', (data: Buffer) => {
      if (data.includes('"next"')) return onEvent(data);
      if (data.includes('"ping"')) return socket.send('{"type":"pong"}');
      if (!data.includes('"connection_ack"')) return reject(new Error(`${url}: ${data.toString()}`));
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
      resolve();
    });
  });
  return socket;
}

function disconnect(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.close(1000);
  });
}
