import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { buildSchema } from 'graphql';
import { formatFigure } from '../measuring/bar-chart.js';
import { publishTable, saveResult } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import { fillStores, owner } from './fill-stores.js';
import { readKnownKeys } from './known-keys.js';
import { createOperationGrammar } from './operation-grammar.js';
import type { Measurement } from './operation-probe.js';
import { searchDearest } from './search.js';
import { realisticSizes, smallSizes } from './store-sizes.js';

/** The largest CPU milliseconds of one request over all processes, by caller. */
export const cpuLimits: Readonly<Record<string, number>> = { guest: 100, [owner]: 250, 'dev-admin-001': 250 };

/** The largest CPU milliseconds for each byte of a request, of requests longer than `longRequestBytes`. */
const perByteLimit = 0.2;
const longRequestBytes = 200;

/**
 * Searches for the permitted operation with the most CPU time, over stores of realistic size.
 *
 *   --samples=6        samples per root field
 *   --combinations=120 combinations of the dearest operations
 *   --seed=1
 *   --small            smaller stores
 *   --only=guest       one caller
 *   --write            save the figures in bench/results/ and in bench/README.md
 */
export async function benchAmplification(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      samples: { type: 'string', default: '6' },
      combinations: { type: 'string', default: '120' },
      seed: { type: 'string', default: '1' },
      small: { type: 'boolean', default: false },
      only: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const system = await startSystem();
  const reports: Report[] = [];
  try {
    process.stdout.write('filling the stores\n');
    await fillStores(system, options.small ? smallSizes : realisticSizes);
    for (const caller of Object.keys(cpuLimits).filter((name) => name === (options.only ?? name)))
      reports.push(await searchAs(caller, system, options));
  } finally {
    await system.close();
  }
  await publish(reports, options.write);
  if (reports.some(({ exceeded }) => exceeded)) process.exitCode = 1;
}

interface SearchArguments {
  samples: string;
  combinations: string;
  seed: string;
}

interface Report {
  caller: string;
  measured: number;
  dearest: readonly Measurement[];
  dearestPerByte: readonly Measurement[];
  exceeded: boolean;
}

/** Searches as one caller. */
export async function searchAs(caller: string, system: SystemUnderTest, options: SearchArguments): Promise<Report> {
  const token = caller === 'guest' ? undefined : await system.token(caller);
  const schema = buildSchema(await readFile(new URL('../../../schema/api.graphql', import.meta.url), 'utf8'));
  const keys = await readKnownKeys(system.url, token);
  const measured = await searchDearest({
    target: { url: system.url, pids: system.pids, token },
    grammar: createOperationGrammar(schema, keys),
    seed: Number(options.seed),
    samplesPerRoot: Number(options.samples),
    combinations: Number(options.combinations),
  });
  const long = measured.filter(({ requestBytes }) => requestBytes > longRequestBytes);
  const perByte = long.toSorted((one, other) => cpuPerByte(other) - cpuPerByte(one));
  return {
    caller,
    measured: measured.length,
    dearest: measured.slice(0, 8),
    dearestPerByte: perByte.slice(0, 4),
    exceeded:
      (measured[0]?.cpuMs ?? 0) > (cpuLimits[caller] ?? 0) || (perByte[0] ? cpuPerByte(perByte[0]) : 0) > perByteLimit,
  };
}

function cpuPerByte({ cpuMs, requestBytes }: Measurement): number {
  return cpuMs / requestBytes;
}

async function publish(reports: readonly Report[], write: boolean): Promise<void> {
  const head = ['caller', 'CPU ms', 'limit', 'ms/byte', 'dearest process', 'response kB', 'operation'];
  const rows = reports.flatMap(({ caller, dearest, dearestPerByte }) =>
    [...dearest, ...dearestPerByte].map((one) => rowOf(caller, one)),
  );
  const summary = reports
    .map(
      ({ caller, measured, exceeded }) =>
        `${caller}: ${measured} permitted operations measured, ${exceeded ? 'over a limit' : 'ok'}.`,
    )
    .join('\n');
  const text = `${textTable([head, ...rows])}\n\n${summary}\n\n${reports.map(describeDearest).join('\n\n')}\n`;
  process.stdout.write(text);
  if (!write) return;
  await saveResult('amplification.txt', text);
  const figures = reports.map(({ caller, dearest: [first], dearestPerByte: [byte], exceeded }) => [
    caller,
    formatFigure(first?.cpuMs ?? 0),
    String(cpuLimits[caller]),
    formatFigure(byte ? cpuPerByte(byte) : 0),
    String(perByteLimit),
    exceeded ? 'exceeded' : 'ok',
  ]);
  await publishTable(
    'bench amplification',
    markdownTable([['caller', 'CPU ms of the dearest', 'limit', 'ms per byte', 'limit', ''], ...figures]),
  );
}

function rowOf(caller: string, one: Measurement): string[] {
  const [process = ['', 0]] = [...one.byProcess].toSorted(([, first], [, second]) => second - first);
  return [
    caller,
    formatFigure(one.cpuMs),
    String(cpuLimits[caller]),
    formatFigure(cpuPerByte(one)),
    `${process[0]} ${formatFigure(process[1])}`,
    formatFigure(one.responseBytes / 1000),
    one.document.slice(0, 80),
  ];
}

function describeDearest({ caller, dearest: [first] }: Report): string {
  return `The dearest operation of ${caller}:\n${first?.document ?? 'none'}`;
}
