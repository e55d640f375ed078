import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Mood = 'well' | 'gone' | 'hung' | 'answers 500' | 'garbage' | '30 s late';

/** Two services that answer what is prepared: one is always well, the other is what its mood says. */
export interface Services {
  urls: Record<'steady' | 'ill', string>;
  mood: Mood;
  close(): void;
}

export async function openServices(): Promise<Services> {
  const steady = createServer((request, response) => request.resume().on('end', () => json(response, 'steady')));
  const ill = createServer((request, response) => request.resume().on('end', () => answer(response)));
  const urls = { steady: await listen(steady), ill: await listen(ill) };
  const services: Services = { urls, mood: 'well', close: () => [steady, ill].forEach((server) => shut(server)) };
  return services;

  function answer(response: ServerResponse): void {
    if (services.mood === 'well') json(response, 'ill');
    else if (services.mood === 'gone') response.destroy();
    else if (services.mood === 'answers 500') response.writeHead(500).end();
    else if (services.mood === 'garbage') response.end('<html>');
    else if (services.mood === '30 s late') setTimeout(() => json(response, 'ill'), 30_000).unref();
  }
}

function json(response: ServerResponse, field: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(`{"data":{"${field}":"${field}"}}`);
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function shut(server: ReturnType<typeof createServer>): void {
  server.closeAllConnections();
  server.close();
}
