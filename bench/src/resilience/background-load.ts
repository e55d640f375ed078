import { atRate } from '@marquee/testkit/rate';
import { Client } from 'undici';

/** People who ask both services all the time. */
export interface BackgroundLoad {
  /** What those meet who ask the steady service from now on, until this is asked again. */
  startPhase(): LoadStats;
  /** Whether the last answer of the service that may be ill was right. */
  isUnstableHealthy(): boolean;
  /** Lets them go once each has an answer. */
  stop(): Promise<void>;
}

export interface LoadStats {
  /** Milliseconds from when a request was sent to its answer. */
  times: number[];
  /** Answers that were not right. */
  failed: number;
}

/** Requests a second: the same whether answers come soon or late, so that one who fails at once asks no more often. */
const rates = { steady: 100, ill: 50 };

/**
 * People who ask one service. Each keeps a connection and their turn comes before it idles out or an answer is given
 * up, so that no connection is opened because a service is ill.
 */
const connectionCount = 64;

export function startBackgroundLoad(url: string): BackgroundLoad {
  const [steady, ill] = [openClientPool(url), openClientPool(url)];
  let met: LoadStats = { times: [], failed: 0 };
  let [isOver, isWell] = [false, false];
  const asking = [
    atRate(
      rates.steady,
      () => isOver,
      () => queryStable(steady, met),
    ),
    atRate(
      rates.ill,
      () => isOver,
      async () => (isWell = await ill.query('ill')),
    ),
  ];
  return {
    startPhase: () => (met = { times: [], failed: 0 }),
    isUnstableHealthy: () => isWell,
    async stop() {
      isOver = true;
      await Promise.all(asking);
      await Promise.all([steady.close(), ill.close()]);
    },
  };
}

async function queryStable(steady: ClientPool, met: LoadStats): Promise<void> {
  const sent = performance.now();
  const isRight = await steady.query('steady');
  met.times.push(performance.now() - sent);
  if (!isRight) met.failed += 1;
}

interface ClientPool {
  /** Whether the answer for this field was right. */
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
      const asked = { method: 'POST', path, headers: { 'content-type': 'application/json' }, body } as const;
      const answer = clients[(turn += 1) % connectionCount]?.request(asked).then((response) => response.body.text());
      return (await answer?.catch(() => ''))?.includes(`"${field}":"${field}"`) ?? false;
    },
    close: () => Promise.all(clients.map((client) => client.close())),
  };
}
