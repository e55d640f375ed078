import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '@marquee/chassis/process/closers';

/** A proxy in front of one service, which makes it slow. */
export interface SlowProxy extends Closable {
  url: string;
  /** The URL of the service. */
  target: string;
}

/** @param delayMs milliseconds added to each response */
export async function openSlowProxy(delayMs: number): Promise<SlowProxy> {
  const server = createServer((request, response) => {
    void forward(request).then((text) => response.setHeader('content-type', 'application/json').end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: SlowProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    target: '',
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;

  async function forward(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const headers = { 'content-type': 'application/json' };
    const sent = await fetch(proxy.target, { method: 'POST', headers, body: Buffer.concat(chunks) });
    await wait(delayMs);
    return sent.text();
  }
}
