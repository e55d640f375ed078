import { isDeepStrictEqual } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { Audience } from '../clients/audience.js';
import { Driver } from '../clients/drive.js';
import type { Question } from '../clients/question.js';
import type { Contender } from './contenders/start.js';
import { type Figures, type Gathering, gather, type Round } from './figures.js';
import { subscription } from './questions.js';

export interface Measuring {
  contenders: readonly Contender[];
  tokens: readonly string[];
  /** Where events are asked for. */
  control: string;
  rounds: number;
  /** Of one gateway in one round. */
  seconds: number;
  concurrency: number;
  /** Requests that each gateway answers before it is measured, so that its code is compiled. */
  warmth: number;
}

/** The part of the warmth that brings back what was lost in a pause. */
const again = 1 / 30;

/** Puts one question to all gateways in turn, round after round, so that whatever else the machine does meets all. */
export async function measureQuestion(question: Question, measuring: Measuring): Promise<Figures[]> {
  const { contenders, tokens, rounds, seconds, concurrency, warmth } = measuring;
  const drivers = contenders.map(({ url }) => new Driver(url, tokens));
  await agree(question, drivers);
  for (const driver of drivers) await driver.warm(question, warmth, concurrency);
  const gatherings = await Promise.all(contenders.map((contender) => gather(contender.name, contender)));
  for (let round = 0; round < rounds; round += 1)
    for (const [index, driver] of drivers.entries()) {
      // While the others had their turn, this one has closed connections and shrunk its heap.
      await driver.warm(question, Math.ceil(warmth * again), concurrency);
      await gatherings[index]?.round(() => roundOf(driver, question, seconds, concurrency));
    }
  await Promise.all(drivers.map((driver) => driver.close()));
  return Promise.all(gatherings.map((gathering) => gathering.figures()));
}

/** Sends events to so many clients of each gateway, one gateway after the other. */
export async function measureEvents(size: number, measuring: Measuring): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (const contender of measuring.contenders)
    if (contender.live) figures.push(await eventsOf(contender, size, measuring));
  return figures;
}

/** @throws unless all gateways answer the same */
async function agree(question: Question, drivers: readonly Driver[]): Promise<void> {
  for (const turn of [0, 1, 2]) {
    const answers = await Promise.all(
      drivers.map(async (driver) => JSON.parse(await driver.ask(question, turn)) as object),
    );
    const different = answers.find((answer) => !isDeepStrictEqual(dataOf(answer), dataOf(answers[0])));
    if (different)
      throw new Error(`They answer ${question.name} differently: ${JSON.stringify([answers[0], different])}`);
  }
}

function dataOf(answer: unknown): unknown {
  // Objects made by graphql-js have no prototype; that is no difference.
  return JSON.parse(JSON.stringify((answer as { data: unknown }).data));
}

async function roundOf(driver: Driver, question: Question, seconds: number, concurrency: number): Promise<Round> {
  const { requests, ...drive } = await driver.drive(question, seconds, concurrency);
  return { works: requests, deliveries: requests, ...drive };
}

async function eventsOf(contender: Contender, size: number, measuring: Measuring): Promise<Figures> {
  const audience = await Audience.open({ ...contender, document: subscription, tokens: measuring.tokens }, size);
  const send = await sender(measuring.control);
  const gathering = await gather(contender.name, contender);
  for (let warm = 0; warm < 3; warm += 1) await audience.hear(send);
  await eventRounds(gathering, audience, send, measuring.rounds * measuring.seconds);
  await audience.close();
  await quiet(measuring.control);
  return gathering.figures();
}

/** An event is sent when everyone has the one before; at least three are. */
async function eventRounds(
  gathering: Gathering,
  audience: Audience,
  send: () => Promise<unknown>,
  seconds: number,
): Promise<void> {
  await gathering.round(async () => {
    const latencies: number[] = [];
    const started = performance.now();
    let events = 0;
    for (; events < 3 || performance.now() - started < seconds * 1000; events += 1)
      for (const latency of await audience.hear(send)) latencies.push(latency);
    const taken = (performance.now() - started) / 1000;
    return { works: events, deliveries: latencies.length, latencies, seconds: taken };
  });
}

/** Sends one event after the other, once the gateway listens. */
async function sender(control: string): Promise<() => Promise<unknown>> {
  let sequence = 0;
  await settled(control);
  return async () => (await fetch(`${control}/emit?sequence=${++sequence}`)).arrayBuffer();
}

/** Waits until there are listeners and their number stays. */
async function settled(control: string): Promise<void> {
  for (let [known, now] = [-1, 0]; known !== now || now === 0;) {
    known = now;
    await wait(300);
    now = await listeners(control);
  }
}

async function quiet(control: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await listeners(control)) > 0 && Date.now() < deadline) await wait(50);
}

async function listeners(control: string): Promise<number> {
  return Number(await (await fetch(`${control}/listeners`)).text());
}
