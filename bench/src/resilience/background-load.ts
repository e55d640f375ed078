import { runAtRate } from '@marquee/testkit/rate';
import { Client } from 'undici';

/** Clients that query both subgraphs at constant rates. */
export interface BackgroundLoad {
  /** Starts a new phase and returns its statistics of the stable subgraph, updated until the next phase. */
  startPhase(): LoadStats;
  /** Whether the last response of the unstable subgraph was correct. */
  isUnstableHealthy(): boolean;
  /** Stops, and resolves once all requests are answered. */
  stop(): Promise<void>;
}

export interface LoadStats {
  /** Milliseconds from each request to its response. */
  times: number[];
  /** Responses that were missing or wrong. */
  failed: number;
}

/** Requests per second, independent of the latency, so that fast failures do not raise the rate. */
const rates = { stable: 100, unstable: 50 };

/**
 * Connections for one subgraph, used round-robin: each is used again before it idles out or its request times out, so
 * that a failing subgraph does not cause new connections.
 */
const connectionCount = 64;

export function startBackgroundLoad(url: string): BackgroundLoad {
  const [stable, unstable] = [openClientPool(url), openClientPool(url)];
  let stats: LoadStats = { times: [], failed: 0 };
  let [isOver, isHealthy] = [false, false];
  const asking = [
    runAtRate(
      rates.stable,
      () => isOver,
      () => queryStable(stable, stats),
    ),
    runAtRate(
      rates.unstable,
      () => isOver,
      async () => (isHealthy = await unstable.query('unstable')),
    ),
  ];
  return {
    startPhase: () => (stats = { times: [], failed: 0 }),
    isUnstableHealthy: () => isHealthy,
    async stop() {
      isOver = true;
      await Promise.all(asking);
      await Promise.all([stable.close(), unstable.close()]);
    },
  };
}

async function queryStable(stable: ClientPool, stats: LoadStats): Promise<void> {
  const sent = performance.now();
  const isCorrect = await stable.query('stable');
  stats.times.push(performance.now() - sent);
  if (!isCorrect) stats.failed += 1;
}

interface ClientPool {
  /** Queries a field and returns whether the response is correct. */
  query(field: string): Promise<boolean>;
  close(): Promise<unknown>;
}

function openClientPool(url: string): ClientPool {
  const { origin, pathname: path } = new URL(url);
  const clients = Array.from({ length: connectionCount }, () => new Client(origin));
  let turn = 0;
  return {
    async query(field) {
      const body = JSON.stringify({ query: `{ ${field} }` });
      const options = { method: 'POST', path, headers: { 'content-type': 'application/json' }, body } as const;
      const response = clients[(turn += 1) % connectionCount]
        ?.request(options)
        .then((response) => response.body.text());
      return (await response?.catch(() => ''))?.includes(`"${field}":"${field}"`) ?? false;
    },
    close: () => Promise.all(clients.map((client) => client.close())),
  };
}
