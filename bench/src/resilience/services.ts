/** A process with two services that answer what is prepared: one is always well, the other is what its mood says. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { tell } from '../measuring/children.js';
import type { Addresses, Mood } from './moods.js';

let mood: Mood = 'well';

const urls = {
  steady: await listen((request, response) => request.resume().on('end', () => json(response, 'steady'))),
  ill: await listen((request, response) => request.resume().on('end', () => answerAsMood(response))),
  mood: await listen((request, response) => {
    void text(request).then((told) => {
      mood = told as Mood;
      response.end();
    });
  }),
};
tell({ urls } satisfies Addresses);

function answerAsMood(response: ServerResponse): void {
  if (mood === 'well') json(response, 'ill');
  else if (mood === 'gone') response.destroy();
  else if (mood === 'answers 500') response.writeHead(500).end();
  else if (mood === 'garbage') response.end('<html>');
  else if (mood === '30 s late') setTimeout(() => json(response, 'ill'), 30_000);
}

function json(response: ServerResponse, field: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(`{"data":{"${field}":"${field}"}}`);
}

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
