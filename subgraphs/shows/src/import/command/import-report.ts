import type { Writable } from 'node:stream';
import type { SentResult } from './import-client.js';

/** Prints one line per item, and a total. */
export interface Report {
  add(result: SentResult): void;
  /** Prints the total. Returns the exit code: 0 if no item was invalid. */
  end(): number;
}

export function createReport(output: Writable): Report {
  const total = { created: 0, conflict: 0, invalid: 0 };
  return {
    add(result) {
      total[result.kind] += 1;
      output.write(`${formatLine(result)}\n`);
    },
    end() {
      const { created, conflict, invalid } = total;
      output.write(`Total: ${created} created, ${conflict} conflicts, ${invalid} invalid.\n`);
      return invalid === 0 ? 0 : 1;
    },
  };
}

function formatLine(result: SentResult): string {
  if (result.kind !== 'invalid') return `${result.kind.padEnd(8)} ${result.slug}`;
  const problems = result.fields.map(({ path, message }) => `${path} ${message}`).join('; ');
  return `invalid  payload[${result.index}] ${result.slug}: ${problems}`;
}
