import { openTcpProxy } from '@marquee/testkit/tcp-proxy';
import { runDeliveryDrill, type DeliveryPlan, type PlanContext, type PreparedPlan } from '../delivery-drill.js';
import { createDeliveryReport } from '../delivery-report.js';
import { freeze, kill, reloads, replicasOf, temporaryFailure, terminate } from '../failure-actions.js';
import type { Scenario } from './scenario.js';

/** One replica of each service, and two gateways, so that an outage of a service is complete. */
const single = { users: 1, jobs: 1, messaging: 1, gateway: 2 };

/** A stream may end while its own service or store is down; its reader resumes. */
const resumable = { toleratedEnds: ['UPSTREAM_UNAVAILABLE'], subgraphTimeoutSeconds: 5 };

/** Readers receive every message once, in order and complete, while the following happens. */
const plans: Readonly<Record<string, DeliveryPlan>> = {
  /** Replicas are killed, gateways restarted, Redis fails and the supergraph is reloaded. No stream ends. */
  restarts: { sizes: { ...single, messaging: 2 }, prepare: prepareRestarts },
  /** The service that completes the sender is down, then frozen. */
  users: {
    ...resumable,
    sizes: single,
    prepare: ({ fleet, log, options: { scale } }) => ({
      failures: [
        replicasOf(fleet, 'users').flatMap((replica) => [
          kill(replica, log, 10 * scale),
          freeze(replica, log, 15 * scale),
        ]),
      ],
    }),
  },
  /** The store of the services that complete the sender and the job is down. */
  postgres: {
    ...resumable,
    sizes: single,
    prepare: ({ stores, log, options: { scale } }) => ({
      failures: [[kill(stores.postgres.process, log, 12 * scale), freeze(stores.postgres.process, log, 8 * scale)]],
    }),
  },
  /** The store of the messages is down, frozen, and behind a network that swallows, stalls and refuses. */
  dynamodb: { ...resumable, sizes: single, prepare: prepareDynamodb },
  /** The only replica of messaging is drained, then frozen. */
  drain: {
    ...resumable,
    sizes: single,
    prepare: ({ fleet, log, options: { scale } }) => ({
      failures: [
        replicasOf(fleet, 'messaging').flatMap((replica) => [
          terminate(replica, log),
          freeze(replica, log, 15 * scale),
        ]),
      ],
    }),
  },
  /** The network of half of the readers is cut without a sign to either side. */
  network: { sizes: single, prepare: prepareNetwork },
};

export const deliveryScenarios: readonly Scenario[] = Object.entries(plans).map(([name, plan]) => ({
  name,
  run: async (context) => createDeliveryReport(await runDeliveryDrill(plan, context), name),
}));

function prepareRestarts({ fleet, stores, log, random, options }: PlanContext): PreparedPlan {
  const stopped = (name: string) => random.shuffled(replicasOf(fleet, name)).slice(0, options.ends);
  return {
    failures: [
      stopped('messaging').map((replica) => kill(replica, log)),
      stopped('gateway').map((replica) => terminate(replica, log)),
      [kill(stores.redis.process, log)],
      reloads(fleet, options.reloads, log),
    ],
  };
}

function prepareDynamodb({ stores: { dynamodb }, log, options: { scale } }: PlanContext): PreparedPlan {
  const { process, proxy } = dynamodb;
  const seconds = 6 * scale;
  return {
    failures: [
      [
        kill(process, log, seconds),
        freeze(process, log, 8 * scale),
        temporaryFailure('DynamoDB is silent', log, { seconds, begin: proxy.swallow, end: proxy.forward }),
        temporaryFailure('DynamoDB does not answer', log, { seconds, begin: proxy.stall, end: proxy.forward }),
        temporaryFailure('DynamoDB refuses connections', log, { seconds, begin: proxy.refuse, end: proxy.accept }),
      ],
    ],
  };
}

async function prepareNetwork({ fleet, closers, log, options }: PlanContext): Promise<PreparedPlan> {
  const proxy = closers.add(await openTcpProxy(fleet.url));
  const cut = async () => {
    log('the connections of half of the subscribers are cut');
    proxy.freeze();
  };
  return {
    failures: [Array.from({ length: options.ends }, () => cut)],
    urlOf: (index) => (index % 2 === 0 ? new URL(proxy.url).origin : fleet.url),
  };
}
