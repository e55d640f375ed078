import { isDeepStrictEqual } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { Audience } from '../clients/audience.js';
import { Driver } from '../clients/drive.js';
import type { Question } from '../clients/question.js';
import type { Arena } from './arena.js';
import { type Contender, type ContenderName, isLive } from './contenders/start.js';
import { type Figures, Gathering, type Round } from './figures.js';
import { subscription } from './questions.js';

export interface Measuring {
  arena: Arena;
  names: readonly ContenderName[];
  rounds: number;
  /** Of one gateway in one round. */
  seconds: number;
  concurrency: number;
  warmth: Warmth;
}

/** What a gateway does before it is measured, so that its code is compiled. */
export interface Warmth {
  /** Requests at the most. */
  requests: number;
  /** For requests, at the most. */
  seconds: number;
  /** For events. */
  eventSeconds: number;
}

/** Puts one question to all gateways in turn, round after round. */
export function measureQuestion(question: Question, measuring: Measuring): Promise<Figures[]> {
  const { arena, seconds, concurrency, warmth } = measuring;
  const answers = new Agreement(question);
  return inTurn(measuring, measuring.names, async (contender, gathering) => {
    const driver = new Driver(contender.url, arena.tokens);
    await answers.compare(driver);
    await driver.drive(question, warmth.seconds, concurrency, warmth.requests);
    await gathering.round(contender, async () => {
      const { requests, ...drive } = await driver.drive(question, seconds, concurrency);
      return { works: requests, ...drive };
    });
    await driver.close();
  });
}

/** Sends events to so many clients of all gateways in turn, round after round. */
export function measureEvents(size: number, measuring: Measuring): Promise<Figures[]> {
  const { arena, seconds, warmth } = measuring;
  return inTurn(measuring, measuring.names.filter(isLive), async (contender, gathering) => {
    const audience = await Audience.open({ ...contender, document: subscription, tokens: arena.tokens }, size);
    const send = await sender(arena.control);
    await eventsFor(warmth.eventSeconds, audience, send);
    await gathering.round(contender, () => eventsFor(seconds, audience, send));
    await audience.close();
    await quiet(arena.control);
  });
}

/**
 * Every gateway has each round alone on the machine, in a process that begins before and ends after: one that waits
 * while others have their turn shrinks its heap and is forgotten by the processor's caches, which costs the leanest most.
 * What else the machine does meets all, for the rounds take turns.
 */
async function inTurn(
  { arena, rounds }: Measuring,
  names: readonly ContenderName[],
  measure: (contender: Contender, gathering: Gathering) => Promise<void>,
): Promise<Figures[]> {
  const gatherings = names.map((name) => [name, new Gathering(name)] as const);
  for (let round = 0; round < rounds; round += 1)
    for (const [name, gathering] of gatherings) {
      const contender = await arena.enter(name);
      await measure(contender, gathering);
      await contender.close();
    }
  return gatherings.map(([, gathering]) => gathering.figures());
}

/** All gateways answer a question alike, whenever they are asked. */
class Agreement {
  readonly #known: unknown[] = [];

  constructor(private readonly question: Question) {}

  /** @throws unless this one answers as those before did */
  async compare(driver: Driver): Promise<void> {
    for (const turn of [0, 1, 2]) {
      const { data } = JSON.parse(await driver.ask(this.question, turn)) as { data: unknown };
      const known = (this.#known[turn] ??= data);
      if (!isDeepStrictEqual(data, known))
        throw new Error(`They answer ${this.question.name} differently: ${JSON.stringify([known, data])}`);
    }
  }
}

/** An event is sent when everyone has the one before; at least three are. */
async function eventsFor(seconds: number, audience: Audience, send: () => Promise<unknown>): Promise<Round> {
  const latencies: number[] = [];
  const started = performance.now();
  let events = 0;
  for (; events < 3 || performance.now() - started < seconds * 1000; events += 1)
    for (const latency of await audience.hear(send)) latencies.push(latency);
  return { works: events, latencies, seconds: (performance.now() - started) / 1000 };
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
