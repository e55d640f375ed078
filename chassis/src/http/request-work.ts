import type { ServerResponse } from 'node:http';
import type { RequestScope } from '../telemetry/request-scope.js';

/**
 * The header in which a service reports the work of a request to the gateway: `cpu=<ms>;statements=<n>`. The receiver
 * adds the bytes. The gateway charges the work to the caller's rate, and sends the header to no client.
 */
export const workHeader = 'x-marquee-work';

/** The work of one request. */
export interface Work {
  /** Milliseconds of CPU time of the service and of its database. */
  cpuMs: number;
  /** Requests to stores. */
  statements: number;
  /** The size of the response. */
  bytes: number;
}

/**
 * CPU time of the process is only known as a whole. It is divided evenly among the requests that are in flight at each
 * moment: exact for a request that is alone, and an average for concurrent ones. This takes two readings of the process
 * per request, and no hook in asynchronous code.
 */
class CpuShares {
  #inFlight = 0;
  /** Milliseconds of a request that has been in flight from the start. */
  #perRequest = 0;
  #readMs = 0;

  /** Counts a request. Returns a function that ends it and returns its share. */
  start(): () => number {
    this.#read();
    this.#inFlight += 1;
    const before = this.#perRequest;
    return () => {
      this.#read();
      this.#inFlight -= 1;
      return this.#perRequest - before;
    };
  }

  #read(): void {
    const { user, system } = process.cpuUsage();
    const now = (user + system) / 1000;
    if (this.#inFlight > 0) this.#perRequest += (now - this.#readMs) / this.#inFlight;
    this.#readMs = now;
  }
}

const shares = new CpuShares();

/** Counts the requests of one request to stores. */
export class StoreWork {
  statements = 0;
  /** Milliseconds that a database of our own worked, which are mostly CPU time. */
  databaseMs = 0;
}

/** Reports the work of a request in the header of its response. */
export function reportWork(response: ServerResponse, scope: RequestScope): void {
  const end = shares.start();
  const store = new StoreWork();
  scope.storeWork = store;
  let isReported = false;
  const report = (): void => {
    if (isReported) return;
    isReported = true;
    const cpuMs = end() + store.databaseMs;
    if (!response.headersSent) response.setHeader(workHeader, `cpu=${cpuMs.toFixed(1)};statements=${store.statements}`);
  };
  const { writeHead } = response;
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    report();
    return writeHead.apply(response, args);
  }) as typeof writeHead;
  response.once('close', report);
}

const maxReported = 60_000;

/** Parses a report. @param bytes the size of the response, which its receiver knows */
export function parseWork(text: string, bytes: number): Work {
  const values = new Map(text.split(';').map((part) => part.split('=', 2) as [string, string | undefined]));
  const valueOf = (name: string): number => {
    const value = Number(values.get(name));
    return value >= 0 ? Math.min(value, maxReported) : 0;
  };
  return { cpuMs: valueOf('cpu'), statements: valueOf('statements'), bytes };
}
