/** A process with one server, so that its memory and its CPU time are those of its sockets. */
import { setTimeout as wait } from 'node:timers/promises';
import { answerRequests, readInput, reportReady } from '../measuring/child-processes.js';
import { collectGarbage } from '../measuring/collect-garbage.js';
import { type Layer, openSocketServer } from './socket-servers.js';

/** The requests of the parent. */
export type SocketServerRequest = { type: 'memory' } | { type: 'publish'; event: number };

/** Bytes in use after garbage collections. */
export interface MemoryInUse {
  /** Of JavaScript's heap. */
  heap: number;
  /** Of the process. */
  resident: number;
}

/** Garbage collections, with a pause, after which the memory no longer falls. */
const collections = 4;
const pauseMs = 150;

const { layer } = readInput<{ layer: Layer }>();
const server = await openSocketServer(layer);

answerRequests(async (request: SocketServerRequest) => {
  if (request.type === 'memory') return memoryInUse();
  server.publish(request.event);
  return undefined;
});
reportReady({ port: server.port });

async function memoryInUse(): Promise<MemoryInUse> {
  for (let times = 0; times < collections; times += 1) {
    collectGarbage();
    await wait(pauseMs);
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, resident: rss };
}
