import { readFile } from 'node:fs/promises';

/** The figures of other benchmarks, from which the capacity is calculated. */
export interface MeasuredFigures {
  /** CPU milliseconds of each process per page, by its name. */
  page: ReadonlyMap<string, number>;
  /** Requests to DynamoDB per page. */
  dynamoRequests: number;
  pageKilobytes: number;
  /** An idle socket with a broadcast stream, at the gateway. */
  broadcast: SocketFigures;
  /** CPU milliseconds of the gateway per event and reader of a broadcast stream. */
  broadcastEvent: number;
  /** A stream of one person with its socket, at the gateway and at messaging. */
  private: { gateway: SocketFigures; messaging: SocketFigures };
  /** CPU milliseconds of all processes per message with one reader. */
  message: number;
}

export interface SocketFigures {
  kilobytes: number;
  /** CPU microseconds per second. */
  processor: number;
}

/** Resident MB of a process without streams, which the table of quiet streams does not contain. */
const aloneMegabytes = 150;

/**
 * Reads the published tables of `graph`, `crowd`, `quiet` and `live`.
 * @throws Error if one of them is missing
 */
export async function readMeasuredFigures(): Promise<MeasuredFigures> {
  const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [graph, crowd, quiet, live] = ['graph', 'crowd', 'quiet messages', 'live'].map((name) => readTable(text, name));
  const guests = (row: string): number => figure(crowd, row, -1);
  const readers = Number(/(\d+) guests/.exec(crowd?.head.at(-1) ?? '')?.[1] ?? NaN);
  const streams = Number(/(\d+) streams of messages/.exec(section(text, 'quiet messages'))?.[1] ?? NaN);
  const privateStream = (process: string): SocketFigures => ({
    kilobytes: ((figure(quiet, process, 2) - aloneMegabytes) * 1024) / streams,
    processor: (figure(quiet, process, 1) * 10_000) / streams,
  });
  return {
    page: new Map([...(graph?.rows ?? [])].map(([name, cells]) => [name, Number(cells[0])])),
    dynamoRequests: figure(graph, 'shows', 3) + figure(graph, 'messaging', 3),
    pageKilobytes: Number(/A page of ([\d.]+) kB/.exec(section(text, 'graph'))?.[1] ?? NaN),
    broadcast: {
      kilobytes: guests('kB per idle socket with its stream'),
      processor: guests('CPU µs/s per idle socket with its stream'),
    },
    broadcastEvent: guests('gateway CPU ms/event') / readers,
    private: { gateway: privateStream('gateway'), messaging: privateStream('messaging') },
    message: figure(live, '1', 7),
  };
}

interface Table {
  head: readonly string[];
  /** The cells of a row after its name. */
  rows: ReadonlyMap<string, readonly string[]>;
}

function readTable(text: string, bench: string): Table {
  const lines = section(text, bench)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [head, , ...rows] = lines;
  if (!head) throw new Error(`bench/README.md has no figures of "bench ${bench}".`);
  return { head, rows: new Map(rows.map(([name = '', ...cells]) => [name, cells])) };
}

function section(text: string, bench: string): string {
  return text.split(`<!-- bench ${bench} -->`)[1]?.split(`<!-- /bench ${bench} -->`)[0] ?? '';
}

/** @param column counts from the name of the row, which is 0; from the end if negative */
function figure(table: Table | undefined, row: string, column: number): number {
  const cells = table?.rows.get(row);
  const value = Number(cells?.at(column < 0 ? column : column - 1));
  if (!cells || Number.isNaN(value)) throw new Error(`bench/README.md has no figure ${column} of "${row}".`);
  return value;
}
