import { parentPort, workerData } from 'node:worker_threads';
import { LoadDriver } from '../clients/load-driver.js';
import { newOperation } from './document-operations.js';
import { timeMs } from './paced-requests.js';

/** The gateway that the thread sends bursts to. */
export interface BurstThreadInput {
  url: string;
  tokens: readonly string[];
  /** Operations per burst, each with its own connection. */
  size: number;
}

const { url, tokens, size } = workerData as BurstThreadInput;
const driver = new LoadDriver(url, tokens, size);

/** A message with the number of the first document starts a burst of consecutively numbered documents. */
parentPort?.on('message', (first: number) => {
  const burst = Array.from({ length: size }, (_, one) => timeMs(() => driver.request(newOperation(first + one), one)));
  void Promise.all(burst).then((times) => parentPort?.postMessage(times));
});
