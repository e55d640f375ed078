import { WebSocket } from 'ws';

/** Milliseconds until an event that does not reach everyone is given up. */
const deliveryTimeoutMs = 30_000;

/** Sockets that connect at the same time. */
const connectBatchSize = 50;

/** What clients of a stream connect with, in turn. */
export interface ConnectOptions {
  /** Of the GraphQL endpoint. */
  url: string;
  document: string;
  variables?: object;
  tokens: readonly string[];
}

/** Clients of one stream, each with a socket of its own. */
export class SubscriberPool {
  readonly #sockets: WebSocket[] = [];
  #last: Buffer | undefined;
  #delivered = 0;
  #heard: () => void = () => undefined;

  /** Connects so many clients, which subscribe. */
  static async open(invitation: ConnectOptions, size: number): Promise<SubscriberPool> {
    const audience = new SubscriberPool();
    const { tokens } = invitation;
    while (audience.#sockets.length < size) {
      const first = audience.#sockets.length;
      const some = Array.from(
        { length: Math.min(connectBatchSize, size - first) },
        (_, nth) => tokens[(first + nth) % tokens.length],
      );
      const take = (data: Buffer): void => audience.#take(data);
      audience.#sockets.push(...(await Promise.all(some.map((token) => connect(invitation, token, take)))));
    }
    return audience;
  }

  /** Runs `send` and waits until everyone has one more event. Milliseconds that it took each of them. */
  async awaitEvent(send: () => Promise<unknown>): Promise<number[]> {
    const times: number[] = [];
    const size = this.#sockets.length;
    const started = performance.now();
    const all = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${times.length} of ${size} got an event`)), deliveryTimeoutMs);
      this.#heard = () => {
        if (times.push(performance.now() - started) < size) return;
        clearTimeout(late);
        resolve();
      };
    });
    await Promise.all([send(), all]);
    return times;
  }

  /** Events that came to somebody so far. */
  get delivered(): number {
    return this.#delivered;
  }

  /** The last event that any of them got. */
  lastEvent(): unknown {
    return (JSON.parse(String(this.#last)) as { payload: unknown }).payload;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map(disconnect));
  }

  #take(data: Buffer): void {
    this.#delivered += 1;
    this.#last = data;
    this.#heard();
  }
}

/** Nothing is parsed but by need: a thousand clients are to cost little. */
async function connect(
  { url, document: query, variables }: ConnectOptions,
  token: string | undefined,
  take: (data: Buffer) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const payload = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const init = { type: 'connection_init', payload };
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', (code, reason) => reject(new Error(`${url} closed a socket: ${code} ${reason.toString()}`)));
    socket.once('open', () => socket.send(JSON.stringify(init)));
    socket.on('message', (data: Buffer) => {
      if (data.includes('"next"')) return take(data);
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
