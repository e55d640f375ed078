import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publishTable } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';

const script = fileURLToPath(new URL('node-costs-process.js', import.meta.url));
const run = promisify(execFile);

/**
 * Compares versions of Node by the CPU time of basic work: `npm run bench node [--write] [path of a Node program]...`,
 * by default the one that runs this.
 */
export async function benchNode(args: string[]): Promise<void> {
  const paths = args.filter((arg) => arg !== '--write');
  const programs = paths.length > 0 ? paths : [process.execPath];
  const versions: string[] = [];
  const costs: Record<string, number>[] = [];
  for (const program of programs) {
    versions.push((await run(program, ['--version'])).stdout.trim());
    costs.push(JSON.parse((await run(program, [script])).stdout) as Record<string, number>);
  }
  const rows = Object.keys(costs[0] ?? {}).map((name) => [name, ...costs.map((cost) => format(cost[name] ?? 0))]);
  const table = [['µs of CPU time', ...versions], ...rows];
  process.stdout.write(`${textTable(table)}\n`);
  if (args.includes('--write')) await publishTable('node', markdownTable(table));
}

function format(microseconds: number): string {
  return microseconds < 100 ? microseconds.toFixed(2) : Math.round(microseconds).toLocaleString('en-GB');
}
