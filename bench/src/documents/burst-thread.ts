import { parentPort, workerData } from 'node:worker_threads';
import { Driver } from '../clients/drive.js';
import { ofTwoServices } from './questions.js';
import { timed } from './times.js';

/** Whom the thread sends its bursts to. */
export interface Setting {
  url: string;
  tokens: readonly string[];
  /** Operations at once, and connections. */
  size: number;
}

const { url, tokens, size } = workerData as Setting;
const driver = new Driver(url, tokens, size);

/** Told the number of the first document, it sends this and those after it. */
parentPort?.on('message', (first: number) => {
  const asked = Array.from({ length: size }, (_, one) => timed(() => driver.ask(ofTwoServices(first + one), one)));
  void Promise.all(asked).then((times) => parentPort?.postMessage(times));
});
