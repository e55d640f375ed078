import type { Writable } from 'node:stream';
import type { SentResult } from './import-client.js';

/** Prints a line for each item and a total. */
export interface Report {
  add(result: SentResult): void;
  /** Prints the total and answers with the exit code: 0 when nothing was invalid. */
  end(): number;
}

export function report(output: Writable): Report {
  const total = { created: 0, conflict: 0, invalid: 0 };
  return {
    add(result) {
      total[result.kind] += 1;
      output.write(`${lineOf(result)}\n`);
    },
    end() {
      const { created, conflict, invalid } = total;
      output.write(`Total: ${created} created, ${conflict} conflicts, ${invalid} invalid.\n`);
      return invalid === 0 ? 0 : 1;
    },
  };
}

function lineOf(result: SentResult): string {
  if (result.kind !== 'invalid') return `${result.kind.padEnd(8)} ${result.slug}`;
  const problems = result.fields.map(({ path, message }) => `${path} ${message}`).join('; ');
  return `invalid  payload[${result.index}] ${result.slug}: ${problems}`;
}
