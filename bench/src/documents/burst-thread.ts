import { parentPort, workerData } from 'node:worker_threads';
import { LoadDriver } from '../clients/load-driver.js';
import { newOperation } from './document-operations.js';
import { timeMs } from './paced-requests.js';

/** Whom the thread sends its bursts to. */
export interface BurstThreadInput {
  url: string;
  tokens: readonly string[];
  /** Operations at once, and connections. */
  size: number;
}

const { url, tokens, size } = workerData as BurstThreadInput;
const driver = new LoadDriver(url, tokens, size);

/** Told the number of the first document, it sends this and those after it. */
parentPort?.on('message', (first: number) => {
  const asked = Array.from({ length: size }, (_, one) => timeMs(() => driver.request(newOperation(first + one), one)));
  void Promise.all(asked).then((times) => parentPort?.postMessage(times));
});
