import { setTimeout as wait } from 'node:timers/promises';
import { openFloodConnection } from './flood-connection.js';
import { repeatUntilEnd, countOutcomes, type Outcomes, type FloodTarget } from './flood.js';

/** Connections that send nothing. */
export function idleConnections(target: FloodTarget, size: number): Promise<Outcomes> {
  return many(target, size, () => openFloodConnection(target, () => undefined));
}

/** Connections that are reset as soon as they are open, every other one after an upgrade request. */
export function churn(target: FloodTarget, workers: number): Promise<Outcomes> {
  let turn = 0;
  return repeatUntilEnd(target, workers, () =>
    openFloodConnection(target, (socket) => {
      if (turn++ % 2 === 0) socket.resetAndDestroy();
      else socket.write(upgrade, () => socket.resetAndDestroy());
    }),
  );
}

/** Connections that send the headers of a request byte by byte. */
export function slowHeaders(target: FloodTarget, size: number): Promise<Outcomes> {
  return many(target, size, () => drip(target, 'POST /graphql HTTP/1.1\r\nhost: a\r\nx-slow: '));
}

/** Connections that send a body byte by byte. */
export function slowBodies(target: FloodTarget, size: number): Promise<Outcomes> {
  const head = `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{`;
  return many(target, size, () => drip(target, head));
}

const upgrade = [
  'GET /graphql HTTP/1.1',
  'host: a',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
  'sec-websocket-protocol: graphql-transport-ws',
  '\r\n',
].join('\r\n');

/** Opens connections at once and returns their outcomes. */
async function many({ signal }: FloodTarget, size: number, open: () => Promise<string>): Promise<Outcomes> {
  const outcomes: Promise<string>[] = [];
  while (outcomes.length < size && !signal.aborted) {
    outcomes.push(open());
    // The backlog of unaccepted connections is limited.
    if (outcomes.length % 100 === 0) await wait(10);
  }
  return countOutcomes(await Promise.all(outcomes));
}

function drip(target: FloodTarget, head: string): Promise<string> {
  return openFloodConnection(target, (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write('a'), 500);
    socket.once('close', () => clearInterval(timer));
  });
}
