import { isMainThread } from 'node:worker_threads';
import { collectGarbage } from '../measuring/collect-garbage.js';

/** Preloaded into a program: SIGUSR2 triggers a garbage collection, so that the remaining memory is in use. */
if (isMainThread) process.on('SIGUSR2', collectGarbage);
