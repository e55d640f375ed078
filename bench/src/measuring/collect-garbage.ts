import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** More bytes than the young generation has, in objects of this size. */
const [youngBytes, objectBytes] = [160 * 1024 * 1024, 144];

let collect: (() => void) | undefined;

/**
 * Collects garbage in this process, so that the remaining memory is in use. The young generation is filled before: it grows
 * to its full size with use, and would otherwise count as memory of the sockets that use it first.
 */
export function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  fillYoungGeneration();
  collect();
}

function fillYoungGeneration(): void {
  const recent: unknown[] = Array.from({ length: 100 });
  for (let count = 0; count < youngBytes / objectBytes; count += 1)
    recent[count % recent.length] = new Array<number>(16).fill(count);
}
