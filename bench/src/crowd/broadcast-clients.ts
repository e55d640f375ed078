import { type ReadyChild, startScript } from '../measuring/child-processes.js';
import type { BroadcastClientInput, BroadcastClientRequest, Receipts } from './broadcast-client-process.js';

/** Clients of one process. Each process has a loopback address, and so ports, of its own. */
const clientsPerProcess = 2_500;

/** Many clients with one socket and one subscription each, in several processes. */
export class BroadcastClients {
  private constructor(private readonly processes: readonly { child: ReadyChild<object>; tokens: Tokens }[]) {}

  /**
   * Starts the processes; their clients do not connect yet.
   * @param tokens the access token of each client; null for a guest
   */
  static async open(url: string, tokens: Tokens): Promise<BroadcastClients> {
    const parts = Array.from({ length: Math.ceil(tokens.length / clientsPerProcess) }, (_, index) =>
      tokens.slice(index * clientsPerProcess, (index + 1) * clientsPerProcess),
    );
    const processes = parts.map(async (part, index) => {
      const input: BroadcastClientInput = { url, localAddress: `127.0.5.${index + 1}` };
      return { child: await startScript<object>('crowd/broadcast-client-process', input), tokens: part };
    });
    return new BroadcastClients(await Promise.all(processes));
  }

  /** Resolves once the gateway has acknowledged all sockets. */
  async connect(): Promise<void> {
    await Promise.all(this.processes.map(({ child, tokens }) => send(child, { type: 'connect', tokens: [...tokens] })));
  }

  /** Subscriptions are not acknowledged. */
  async subscribe(): Promise<void> {
    await this.#sendToAll({ type: 'subscribe' });
  }

  /** From now on clients whose socket is lost connect again, with back-off. */
  async allowReconnects(): Promise<void> {
    await this.#sendToAll({ type: 'allow-reconnects' });
  }

  /** Resolves once every client has received the change, or after the timeout. */
  async receive(change: number, timeoutMs: number): Promise<Receipts> {
    const receipts = (await this.#sendToAll({ type: 'receive', change, timeoutMs })) as Receipts[];
    return {
      times: receipts.flatMap(({ times }) => times),
      missing: receipts.reduce((sum, { missing }) => sum + missing, 0),
      faults: receipts.flatMap(({ faults }) => faults),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map(({ child }) => child.close()));
  }

  #sendToAll(request: BroadcastClientRequest): Promise<unknown[]> {
    return Promise.all(this.processes.map(({ child }) => send(child, request)));
  }
}

function send(child: ReadyChild<object>, request: BroadcastClientRequest): Promise<unknown> {
  return child.request(request);
}

type Tokens = readonly (string | null)[];
