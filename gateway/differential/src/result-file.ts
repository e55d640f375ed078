import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { SliceResult } from './check-process.js';

/** The results of a run in a file, one as JSON per line, from which a run that was interrupted is continued. */
export interface ResultFile {
  results: SliceResult[];
  add(result: SliceResult): void;
}

/** @param path undefined to keep the results in memory */
export function openResultFile(path: string | undefined): ResultFile {
  const known = path !== undefined && existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  const results = known.map((line) => JSON.parse(line) as SliceResult);
  return {
    results,
    add(result) {
      results.push(result);
      if (path !== undefined) appendFileSync(path, `${JSON.stringify(result)}\n`);
    },
  };
}
