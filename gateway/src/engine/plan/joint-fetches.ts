import type { FetchNode } from '@apollo/query-planner';
import type { SubgraphAnswer } from '../fetcher.js';
import { type Asked, compileSendingBatch, receive, sendingOf, type SendingBatch } from './entity-fetch.js';
import type { Batch, EntityPart } from './entity-part.js';
import { type Joinable, joinable, joinedOperation, mayJoin, numbered } from './joined-operation.js';
import { compileSend, usedVariables } from './operation.js';
import type { Run, Send } from './run.js';

/**
 * The fetches of entities of one plan. Answers come in bursts, so what several branches of a plan ask of one subgraph is
 * often ready in the same turn of the loop: it goes in one request then. None waits for longer than the turn takes.
 */
export class JointFetches {
  readonly #groups = new Map<string, Group>();

  /** Prepares a fetch, which goes with others of the plan where it can. */
  compile(fetch: FetchNode, part: EntityPart): SendingBatch {
    const alone = compileSendingBatch(fetch, part);
    if (!mayJoin(fetch)) return alone;
    const group = this.#groups.get(fetch.serviceName) ?? new Group(this.#groups.size);
    this.#groups.set(fetch.serviceName, group);
    return group.add({ fetch, part, alone });
  }
}

interface Member {
  fetch: FetchNode;
  part: EntityPart;
  alone: SendingBatch;
}

/** A fetch that has something to ask. */
interface Ready {
  member: Member;
  /** Of the member in its group. */
  index: number;
  batch: Batch;
}

/** Those of a run that are ready in one turn, and what comes of it; nothing when each goes alone. */
export interface Departure {
  ready: Ready[];
  answered: Promise<Answered | undefined>;
}

interface Answered {
  asked: ReadonlyMap<Ready, Asked>;
  answer: SubgraphAnswer;
}

/** Most combinations of fetches that a plan keeps an operation for; a plan of three at one subgraph has four. */
const mostCombinations = 32;

/** The fetches of a plan that go to one subgraph. */
class Group {
  readonly #members: Member[] = [];
  readonly #combinations = new Map<string, Combination | undefined>();

  /** @param number of this one among the groups of its plan */
  constructor(private readonly number: number) {}

  add(member: Member): SendingBatch {
    const index = this.#members.push(member) - 1;
    return (run, batch) =>
      this.#members.length === 1 ? member.alone(run, batch) : this.#join(run, { member, index, batch });
  }

  async #join(run: Run, one: Ready): Promise<void> {
    const { ready, answered } = run.departures[this.number] ?? this.#announce(run);
    ready.push(one);
    const together = await answered;
    const own = together?.asked.get(one);
    if (!together || !own || isLost(own, together.answer)) return one.member.alone(run, one.batch);
    receive(run, own, [...together.asked.values()], together.answer);
  }

  #announce(run: Run): Departure {
    const ready: Ready[] = [];
    const answered = restOfTurn().then(() => {
      run.departures[this.number] = undefined;
      return this.#send(run, ready);
    });
    const departure = { ready, answered };
    run.departures[this.number] = departure;
    return departure;
  }

  async #send(run: Run, ready: Ready[]): Promise<Answered | undefined> {
    if (ready.length === 1) return undefined;
    ready.sort((one, other) => one.index - other.index);
    const combination = this.#combinationOf(ready);
    if (!combination) return undefined;
    const asked = new Map(ready.map((one, place): [Ready, Asked] => [one, askedAt(one, place)]));
    const used = usedVariables(combination.usages, run);
    return { asked, answer: await combination.send(run, sendingOf(used, [...asked.values()])) };
  }

  #combinationOf(ready: readonly Ready[]): Combination | undefined {
    const key = ready.map(({ index }) => index).join(' ');
    if (!this.#combinations.has(key) && this.#combinations.size < mostCombinations)
      this.#combinations.set(key, combined(ready.map(({ member }) => member.fetch)));
    return this.#combinations.get(key);
  }
}

function askedAt({ member: { part }, batch }: Ready, place: number): Asked {
  const { name, variable } = numbered(place);
  return { part, batch, name, variable };
}

/** Whether an answer was lost to one of another field: nothing is there, and no error is about this. */
function isLost({ name }: Asked, { data, errors = [] }: SubgraphAnswer): boolean {
  return !data && !errors.some(({ path }) => path?.[0] === name);
}

/** Several fetches as one operation. */
interface Combination {
  send: Send;
  /** The variables of the client that it uses. */
  usages: readonly string[];
}

function combined(fetches: readonly FetchNode[]): Combination | undefined {
  const [first] = fetches;
  const parts = fetches.map(joinable).filter((part): part is Joinable => part !== undefined);
  if (!first || parts.length < fetches.length) return undefined;
  return {
    send: compileSend({ ...first, operation: joinedOperation(parts) }),
    usages: [...new Set(fetches.flatMap(({ variableUsages = [] }) => variableUsages))],
  };
}

function restOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
