import { atRate } from '@marquee/testkit/rate';
import { Client } from 'undici';

/** People who ask both services all the time. */
export interface Load {
  /** What those meet who ask the steady service from now on, until this is asked again. */
  next(): Met;
  /** Whether the last answer of the service that may be ill was right. */
  isWell(): boolean;
  /** Lets them go once each has an answer. */
  stop(): Promise<void>;
}

export interface Met {
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
const people = 64;

export function startLoad(url: string): Load {
  const [steady, ill] = [openCrowd(url), openCrowd(url)];
  let met: Met = { times: [], failed: 0 };
  let [isOver, isWell] = [false, false];
  const asking = [
    atRate(
      rates.steady,
      () => isOver,
      () => meet(steady, met),
    ),
    atRate(
      rates.ill,
      () => isOver,
      async () => (isWell = await ill.ask('ill')),
    ),
  ];
  return {
    next: () => (met = { times: [], failed: 0 }),
    isWell: () => isWell,
    async stop() {
      isOver = true;
      await Promise.all(asking);
      await Promise.all([steady.close(), ill.close()]);
    },
  };
}

async function meet(steady: Crowd, met: Met): Promise<void> {
  const sent = performance.now();
  const isRight = await steady.ask('steady');
  met.times.push(performance.now() - sent);
  if (!isRight) met.failed += 1;
}

interface Crowd {
  /** Whether the answer for this field was right. */
  ask(field: string): Promise<boolean>;
  close(): Promise<unknown>;
}

function openCrowd(url: string): Crowd {
  const { origin, pathname: path } = new URL(url);
  const clients = Array.from({ length: people }, () => new Client(origin));
  let turn = 0;
  return {
    async ask(field) {
      const body = JSON.stringify({ query: `{ ${field} }` });
      const asked = { method: 'POST', path, headers: { 'content-type': 'application/json' }, body } as const;
      const answer = clients[(turn += 1) % people]?.request(asked).then((response) => response.body.text());
      return (await answer?.catch(() => ''))?.includes(`"${field}":"${field}"`) ?? false;
    },
    close: () => Promise.all(clients.map((client) => client.close())),
  };
}
