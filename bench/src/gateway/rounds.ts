import { isDeepStrictEqual } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { SubscriberPool } from '../clients/subscriber-pool.js';
import { LoadDriver } from '../clients/load-driver.js';
import type { Operation } from '../clients/operation.js';
import type { GatewayTestbed } from './gateway-testbed.js';
import { type MeasuredGateway, type GatewayName, supportsSubscriptions } from './gateways/start-gateway.js';
import { type Figures, FigureRecorder, type Round } from './figures.js';
import { subscription } from './operations.js';

export interface MeasureOptions {
  testbed: GatewayTestbed;
  names: readonly GatewayName[];
  rounds: number;
  /** Of one gateway in one round. */
  seconds: number;
  concurrency: number;
  warmUp: WarmUp;
}

/** What a gateway does before it is measured, so that its code is compiled. */
export interface WarmUp {
  /** Requests at the most. */
  requests: number;
  /** For requests, at the most. */
  seconds: number;
  /** For events. */
  eventSeconds: number;
}

/** Puts one question to all gateways in turn, round after round. */
export function measureOperation(question: Operation, measuring: MeasureOptions): Promise<Figures[]> {
  const { testbed, seconds, concurrency, warmUp } = measuring;
  const answers = new ResponseComparison(question);
  return alternate(measuring, measuring.names, async (contender, gathering) => {
    const driver = new LoadDriver(contender.url, testbed.tokens);
    await answers.check(driver);
    await driver.run(question, warmUp.seconds, concurrency, warmUp.requests);
    await gathering.measureRound(contender, async () => {
      const { requests, ...drive } = await driver.run(question, seconds, concurrency);
      return { operations: requests, ...drive };
    });
    await driver.close();
  });
}

/** Sends events to so many clients of all gateways in turn, round after round. */
export function measureEvents(size: number, measuring: MeasureOptions): Promise<Figures[]> {
  const { testbed, seconds, warmUp } = measuring;
  return alternate(measuring, measuring.names.filter(supportsSubscriptions), async (contender, gathering) => {
    const audience = await SubscriberPool.open({ ...contender, document: subscription, tokens: testbed.tokens }, size);
    const send = await sender(testbed.control);
    await eventsFor(warmUp.eventSeconds, audience, send);
    await gathering.measureRound(contender, () => eventsFor(seconds, audience, send));
    await audience.close();
    await subscribersGone(testbed.control);
  });
}

/**
 * Every gateway has each round alone on the machine, in a process that begins before and ends after: one that waits
 * while others have their turn shrinks its heap and is forgotten by the processor's caches, which costs the leanest most.
 * What else the machine does meets all, for the rounds take turns.
 */
async function alternate(
  { testbed, rounds }: MeasureOptions,
  names: readonly GatewayName[],
  measure: (contender: MeasuredGateway, gathering: FigureRecorder) => Promise<void>,
): Promise<Figures[]> {
  const gatherings = names.map((name) => [name, new FigureRecorder(name)] as const);
  for (let round = 0; round < rounds; round += 1)
    for (const [name, gathering] of gatherings) {
      const contender = await testbed.startGateway(name);
      await measure(contender, gathering);
      await contender.close();
    }
  return gatherings.map(([, gathering]) => gathering.figures());
}

/** All gateways answer a question alike, whenever they are asked. */
class ResponseComparison {
  readonly #known: unknown[] = [];

  constructor(private readonly question: Operation) {}

  /** @throws unless this one answers as those before did */
  async check(driver: LoadDriver): Promise<void> {
    for (const turn of [0, 1, 2]) {
      const { data } = JSON.parse(await driver.request(this.question, turn)) as { data: unknown };
      const known = (this.#known[turn] ??= data);
      if (!isDeepStrictEqual(data, known))
        throw new Error(`They answer ${this.question.name} differently: ${JSON.stringify([known, data])}`);
    }
  }
}

/** An event is sent when everyone has the one before; at least three are. */
async function eventsFor(seconds: number, audience: SubscriberPool, send: () => Promise<unknown>): Promise<Round> {
  const latencies: number[] = [];
  const started = performance.now();
  let events = 0;
  for (; events < 3 || performance.now() - started < seconds * 1000; events += 1)
    for (const latency of await audience.awaitEvent(send)) latencies.push(latency);
  return { operations: events, latencies, seconds: (performance.now() - started) / 1000 };
}

/** Sends one event after the other, once the gateway listens. */
async function sender(control: string): Promise<() => Promise<unknown>> {
  let sequence = 0;
  await subscribersStable(control);
  return async () => (await fetch(`${control}/emit?sequence=${++sequence}`)).arrayBuffer();
}

/** Waits until there are listeners and their number stays. */
async function subscribersStable(control: string): Promise<void> {
  for (let [known, now] = [-1, 0]; known !== now || now === 0;) {
    known = now;
    await wait(300);
    now = await listeners(control);
  }
}

async function subscribersGone(control: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await listeners(control)) > 0 && Date.now() < deadline) await wait(50);
}

async function listeners(control: string): Promise<number> {
  return Number(await (await fetch(`${control}/listeners`)).text());
}
