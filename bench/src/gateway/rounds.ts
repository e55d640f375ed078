import { isDeepStrictEqual } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { SubscriberPool } from '../clients/subscriber-pool.js';
import { LoadDriver } from '../clients/load-driver.js';
import type { Operation } from '../clients/operation.js';
import type { GatewayTestbed } from './gateway-testbed.js';
import { type MeasuredGateway, type GatewayName, supportsSubscriptions } from './gateways/start-gateway.js';
import { type Figures, FigureRecorder, type Round } from './figures.js';
import { subscription, type TitledOperation } from './operations.js';

export interface MeasureOptions {
  testbed: GatewayTestbed;
  names: readonly GatewayName[];
  rounds: number;
  /** Duration of the measurement of one gateway in one round. */
  seconds: number;
  concurrency: number;
  warmUp: WarmUp;
}

/** The load before a measurement, so that the gateway's code is compiled. */
export interface WarmUp {
  /** Maximum number of requests. */
  requests: number;
  /** Maximum seconds of requests. */
  seconds: number;
  /** Seconds of events. */
  eventSeconds: number;
}

/** Measures one operation on all gateways, which alternate in each round. */
export function measureOperation(operation: TitledOperation, measuring: MeasureOptions): Promise<Figures[]> {
  const { testbed, seconds, warmUp } = measuring;
  const concurrency = operation.concurrency ?? measuring.concurrency;
  const responses = new ResponseComparison(operation);
  return alternate(measuring, measuring.names, async (gateway, recorder) => {
    const driver = new LoadDriver(gateway.url, testbed.tokens);
    await responses.check(driver);
    await driver.run(operation, warmUp.seconds, concurrency, warmUp.requests);
    await recorder.measureRound(gateway, async () => {
      const { requests, ...drive } = await driver.run(operation, seconds, concurrency);
      return { operations: requests, ...drive };
    });
    await driver.close();
  });
}

/** Measures events for `size` subscribers on all gateways, which alternate in each round. */
export function measureEvents(size: number, measuring: MeasureOptions): Promise<Figures[]> {
  const { testbed, seconds, warmUp } = measuring;
  return alternate(measuring, measuring.names.filter(supportsSubscriptions), async (gateway, recorder) => {
    const url = gateway.socketUrl ?? gateway.url;
    const subscribers = await SubscriberPool.open({ url, document: subscription, tokens: testbed.tokens }, size);
    const send = await openEmitter(testbed.control);
    await eventsFor(warmUp.eventSeconds, subscribers, send);
    await recorder.measureRound(gateway, () => eventsFor(seconds, subscribers, send));
    await subscribers.close();
    await subscribersGone(testbed.control);
  });
}

/**
 * Runs each round of a gateway alone on the machine, in a new process. A process that idles while others are measured
 * shrinks its heap and drops out of the CPU caches, which penalises the leanest most. Alternating the gateways spreads
 * other load on the machine over all of them.
 */
async function alternate(
  { testbed, rounds }: MeasureOptions,
  names: readonly GatewayName[],
  measure: (gateway: MeasuredGateway, recorder: FigureRecorder) => Promise<void>,
): Promise<Figures[]> {
  const recorders = names.map((name) => [name, new FigureRecorder(name)] as const);
  for (let round = 0; round < rounds; round += 1)
    for (const [name, recorder] of recorders) {
      const gateway = await testbed.startGateway(name);
      await measure(gateway, recorder);
      await gateway.close();
    }
  return recorders.map(([, recorder]) => recorder.figures());
}

/** Compares the responses of all gateways for one operation. */
class ResponseComparison {
  readonly #expected: unknown[] = [];

  constructor(private readonly operation: Operation) {}

  /** @throws when the gateway responds differently from those before */
  async check(driver: LoadDriver): Promise<void> {
    for (const turn of [0, 1, 2]) {
      const { data } = JSON.parse(await driver.request(this.operation, turn)) as { data: unknown };
      const expected = (this.#expected[turn] ??= data);
      if (!isDeepStrictEqual(data, expected))
        throw new Error(
          `The gateways respond to ${this.operation.name} differently: ${JSON.stringify([expected, data])}`,
        );
    }
  }
}

/** Sends each event once all subscribers have received the one before; sends at least three. */
async function eventsFor(seconds: number, subscribers: SubscriberPool, send: () => Promise<unknown>): Promise<Round> {
  const latencies: number[] = [];
  const started = performance.now();
  let events = 0;
  for (; events < 3 || performance.now() - started < seconds * 1000; events += 1)
    for (const latency of await subscribers.awaitEvent(send)) latencies.push(latency);
  return { operations: events, latencies, seconds: (performance.now() - started) / 1000 };
}

/** Returns a function that emits the next event, once the gateway is subscribed. */
async function openEmitter(control: string): Promise<() => Promise<unknown>> {
  let sequence = 0;
  await subscribersStable(control);
  return async () => (await fetch(`${control}/emit?sequence=${++sequence}`)).arrayBuffer();
}

/** Waits until the number of subscribers is positive and constant. */
async function subscribersStable(control: string): Promise<void> {
  for (let [known, now] = [-1, 0]; known !== now || now === 0;) {
    known = now;
    await wait(300);
    now = await countSubscribers(control);
  }
}

async function subscribersGone(control: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await countSubscribers(control)) > 0 && Date.now() < deadline) await wait(50);
}

async function countSubscribers(control: string): Promise<number> {
  return Number(await (await fetch(`${control}/subscribers`)).text());
}
