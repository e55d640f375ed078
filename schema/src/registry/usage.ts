import { type ClientUsage, mainGraph, readUsageReport, usageDayPrefix } from '@marquee/chassis/graphql/usage-report';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import type { RegistryStore } from './store.js';

/** The use of the schema that gateways reported in a period. */
export interface RecordedUsage {
  /** The number of days, up to now. */
  days: number;
  /** The number of operations of all clients, on the main graph and all contracts. */
  operations: number;
  clients: readonly RecordedClient[];
}

/** One version of a client. */
interface RecordedClient {
  graph: string;
  /** Its name and version, with the client id of its access tokens. */
  label: string;
  operations: number;
  /** By schema coordinate. */
  uses: ReadonlyMap<string, RecordedUse>;
}

interface RecordedUse {
  /** The number of operations. */
  count: number;
  /** The end of the last report with such an operation, in ISO 8601. */
  lastUsed: string;
}

/** The use of one changed element by one client. */
export interface ObservedUse extends RecordedUse {
  client: string;
}

const dayMs = 86_400_000;

/** Reports that are read at the same time. */
const concurrency = 16;

/** Sums up the reports of the last days. With 0 days, none is read. */
export async function recordedUsage(store: RegistryStore, days: number, now = Date.now()): Promise<RecordedUsage> {
  const first = new Date(now - days * dayMs).toISOString();
  const prefixes = days > 0 ? Array.from({ length: days + 1 }, (_, ago) => new Date(now - ago * dayMs)) : [];
  const keys = (
    await mapWithConcurrency(prefixes.map(usageDayPrefix), concurrency, (prefix) => store.list(prefix))
  ).flat();
  const clients = new Map<string, MutableClient>();
  // Thousands of reports do not fit in memory together.
  await mapWithConcurrency(keys, concurrency, async (key) => {
    const text = await store.read(key);
    const report = text === undefined ? undefined : readUsageReport(text);
    if (!report || report.to < first) return;
    for (const usage of report.clients) addUsage(clients, usage, report.to);
  });
  const operations = [...clients.values()].reduce((sum, client) => sum + client.operations, 0);
  return { days, operations, clients: [...clients.values()] };
}

/** The clients of a graph that used one of these coordinates, the most frequent first. */
export function usersOf({ clients }: RecordedUsage, graph: string, coordinates: readonly string[]): ObservedUse[] {
  return clients
    .filter((client) => client.graph === graph)
    .flatMap(({ label, uses }) => {
      const found = coordinates.map((coordinate) => uses.get(coordinate)).filter((use) => use !== undefined);
      const most = found.toSorted((one, other) => other.count - one.count)[0];
      return most ? [{ client: label, ...most }] : [];
    })
    .toSorted((one, other) => other.count - one.count || (one.client < other.client ? -1 : 1));
}

/** Lists the clients, the most active first. */
export function describeUsage({ clients, days }: RecordedUsage): string {
  const lines = clients
    .toSorted((one, other) => other.operations - one.operations)
    .map(({ graph, label, operations, uses }) => {
      const at = graph === mainGraph ? '' : ` at the contract ${graph}`;
      return `${String(operations).padStart(10)}  ${label}${at}, ${uses.size} elements\n`;
    });
  return lines.join('') || `No use of the schema was recorded in the last ${days} days.\n`;
}

interface MutableClient extends RecordedClient {
  uses: Map<string, RecordedUse>;
}

function addUsage(clients: Map<string, MutableClient>, usage: ClientUsage, to: string): void {
  const label = labelOf(usage);
  const key = `${usage.graph}\n${label}`;
  const client = clients.get(key) ?? { graph: usage.graph, label, operations: 0, uses: new Map<string, RecordedUse>() };
  clients.set(key, client);
  client.operations += usage.operations;
  for (const [coordinate, count] of Object.entries(usage.uses)) {
    const known = client.uses.get(coordinate);
    const lastUsed = known && known.lastUsed > to ? known.lastUsed : to;
    client.uses.set(coordinate, { count: (known?.count ?? 0) + count, lastUsed });
  }
}

function labelOf({ name, version, tokenClient }: ClientUsage): string {
  if (name === undefined) return tokenClient ?? 'unnamed guests';
  const versioned = version === undefined ? name : `${name} ${version}`;
  return tokenClient === undefined || tokenClient === name ? versioned : `${versioned} (${tokenClient})`;
}
