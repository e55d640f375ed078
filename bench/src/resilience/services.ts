/** A process with a service that answers its field as its mood says. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { given, tell } from '../measuring/children.js';
import type { Addresses, Mood } from './moods.js';

const field = given<string>();
let mood: Mood = 'well';

tell({
  url: await listen((request, response) => request.resume().on('end', () => answerAsMood(response))),
  mood: await listen((request, response) => {
    void text(request).then((told) => {
      mood = told as Mood;
      response.end();
    });
  }),
} satisfies Addresses);

function answerAsMood(response: ServerResponse): void {
  if (mood === 'well') json(response);
  else if (mood === 'gone') response.destroy();
  else if (mood === 'answers 500') response.writeHead(500).end();
  else if (mood === 'garbage') response.end('<html>');
  else if (mood === '30 s late') setTimeout(() => json(response), 30_000);
}

function json(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(`{"data":{"${field}":"${field}"}}`);
}

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
