import { setTimeout as wait } from 'node:timers/promises';
import { type Fleet, type FleetOptions, openFleet } from '../fleet/fleet.js';
import { type DrillStores, openDrillStores } from '../fleet/drill-stores.js';
import type { ChaosOptions } from './chaos-options.js';
import { createDrillSetup } from './drill-users.js';
import { type FailureAction, injectFailures } from './failure-injection.js';
import type { DeliveryRecord } from './delivery-checks.js';
import { createProgress } from './progress.js';
import type { ScenarioContext } from './scenarios/scenario.js';
import { type Random, seededRandom } from '@marquee/testkit/seeded-random';
import { type SendResult, sendMessages, type SentMessage } from './senders.js';
import { readStoredMessages } from './stored-messages.js';
import { openSubscribers, waitForDelivery } from './subscribers.js';

/** What happens while messages are sent and received. */
export interface DeliveryPlan {
  /** Number of replicas by service. */
  sizes: Readonly<Record<string, number>>;
  /** Seconds that the gateway waits for a service. Default: those of a fleet, so that load causes no failures. */
  subgraphTimeoutSeconds?: number;
  /** Error codes with which a stream may end, because it can be resumed. Default: none. */
  toleratedEnds?: readonly string[];
  /** Prepares the failures. Those of different kinds may overlap. */
  prepare(context: PlanContext): Promise<PreparedPlan> | PreparedPlan;
}

export interface PlanContext extends ScenarioContext {
  fleet: Fleet;
  stores: DrillStores;
  random: Random;
}

export interface PreparedPlan {
  failures: readonly (readonly FailureAction[])[];
  /** The address of the gateways for a subscriber. Default: that of the fleet. */
  urlOf?(index: number): string;
}

/** The result of a drill. */
export interface DeliveryResult extends SendResult, DeliveryRecord {
  options: ChaosOptions;
  /** Milliseconds from the first message to the last delivery. */
  durationMs: number;
  /** Directory of the logs, which exists while the fleet is open. */
  directory: string;
}

/** Milliseconds after the last delivery in which no further event may arrive. */
const settleMs = 1_000;

/** Sends and receives messages while failures are injected. */
export async function runDeliveryDrill(plan: DeliveryPlan, context: ScenarioContext): Promise<DeliveryResult> {
  const { options, closers, log } = context;
  const random = seededRandom(options.seed);
  const { fleet, stores } = await openDrillFleet(plan, context);
  const setup = await createDrillSetup(fleet, options, random);
  const { failures, ...reading } = await plan.prepare({ ...context, fleet, stores, random: random.branch() });
  const { toleratedEnds = [] } = plan;
  const subscribers = openSubscribers({
    ...{ fleet, setup, random, toleratedEnds, ...reading },
    count: options.subscribers,
  });
  for (const subscriber of subscribers) closers.add(subscriber);
  log('all subscribers are connecting');
  const started = performance.now();
  const progress = createProgress(options.messages);
  const sent: SentMessage[] = [];
  const onAnswered = (message: SentMessage) => {
    sent.push(message);
    progress.increment();
  };
  const failuresDone = injectFailures(failures, { random: random.branch(), progress });
  const sending = sendMessages({ fleet, options, setup, random: random.branch(), onAnswered, failuresDone });
  const [sendings] = await Promise.all([sending, failuresDone]);
  log('all messages are sent');
  await waitForDelivery(subscribers, sent);
  const durationMs = performance.now() - started;
  await wait(settleMs);
  const stored = await readStoredMessages(fleet, setup.conversations);
  return { ...sendings, options, sent, stored, subscribers, durationMs, directory: fleet.directory };
}

/** Opens a fleet with stores of its own, which a drill may damage. */
export async function openDrillFleet(
  {
    sizes,
    subgraphTimeoutSeconds,
    eventQueue,
  }: Pick<DeliveryPlan, 'sizes' | 'subgraphTimeoutSeconds'> & Pick<FleetOptions, 'eventQueue'>,
  { options, closers }: ScenarioContext,
): Promise<{ fleet: Fleet; stores: DrillStores }> {
  const stores = await openDrillStores(closers);
  const { postgres, dynamodb, redis } = stores;
  const fleet = await openFleet(
    {
      stores: {
        databaseUrl: postgres.proxy.url,
        databasePasswordFile: postgres.passwordFile,
        dynamodbEndpoint: dynamodb.proxy.url,
      },
      redis: redis.server,
      sizes,
      drainSeconds: options.drain,
      ...(subgraphTimeoutSeconds !== undefined && { subgraphTimeoutSeconds }),
      ...(eventQueue !== undefined && { eventQueue }),
    },
    closers,
  );
  return { fleet, stores };
}
