/**
 * Charges operations by their work. An operation reserves its cost before it runs: the learnt cost of its document, or
 * the static upper bound for a document that is new. Afterwards the reservation is corrected by the work that the services
 * report, and the document's learnt cost rises to it at once and falls slowly. A subscription reserves its cost when it
 * starts, and each of its events is charged once it is delivered.
 *
 * A large request is charged by its bytes too, before its document is read, and also if it is refused then: it takes work
 * everywhere on its way, whatever its operation costs.
 *
 * The reserved cost also counts as in flight, see `cost-in-flight.ts`.
 */
import type { RateLimit } from '@marquee/chassis/http/token-bucket';
import type { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { WorkMeter } from '../../engine/work-meter.js';
import type { AdmittedOperation } from '../admitted-operation.js';
import type { CostInFlight, EndOperation, InFlightLimit } from './cost-in-flight.js';
import type { TokenBuckets } from './token-buckets.js';

export interface CostBudget {
  /** Charges a request by its bytes. Resolves to RATE_LIMITED over a limit; nothing is charged then. */
  takeInput(input: Input): Promise<GraphQLError | undefined>;
  /**
   * Reserves the cost of an operation, and waits until its caller and its address may have it in flight. Resolves to
   * RATE_LIMITED over a limit; nothing is reserved then.
   * @param inputUnits the units that its bytes were charged: they are in flight too
   */
  reserve(operation: AdmittedOperation, inputUnits: number): Promise<GraphQLError | undefined>;
  /** Corrects the reservation once the operation has ended. */
  settle(operation: Pick<AdmittedOperation, 'context'>): void;
  /** Charges the events of a subscription. They are never refused: their work delays further operations of its origin. */
  chargeEvents(operation: Pick<AdmittedOperation, 'context' | 'cost'>): ChargeEvent;
}

/** A large request, and the cost units of its bytes. */
export interface Input extends Pick<AdmittedOperation, 'context'> {
  units: number;
}

/** Charges one delivered event. */
export type ChargeEvent = (event: ChargedEvent) => void;

export interface ChargedEvent {
  /** The work of completing it. */
  work: WorkMeter;
  /** The number of subscriptions that share this work. */
  readers: number;
  /** The number of subscriptions that share the stream. */
  subscribers: number;
}

export interface CostBudgetOptions {
  buckets: TokenBuckets;
  /** Cost units. A rate of 0 means no limit. */
  limits: { caller: RateLimit; address: RateLimit };
  inFlight: CostInFlight;
  /** Cost units in flight. 0 means no limit. */
  inFlightLimits: { caller: number; address: number };
  exceeded(by: 'address' | 'caller', waitSeconds: number): GraphQLError;
  tooMuchInFlight(by: 'address' | 'caller'): GraphQLError;
}

/** Cost units for each millisecond of CPU time, as the weights of fields are. */
const unitsPerMs = 50;

/** Cost units of the gateway itself, for an operation and for each of its fetches. */
const unitsPerOperation = 25;
const unitsPerFetch = 25;
const bytesPerUnit = 2_000;

/** Cost units of sending an event to one subscriber. */
const unitsPerDelivery = 1;

/** Cost units of an event of a stream, in its service and here. */
const unitsPerStreamEvent = 4;

/** Cost units of events that are charged together: a correction may be a request to Redis. */
const unitsPerCorrection = 50;

/**
 * The work of one operation counts at most this many times its static cost: statements take longer while a database is
 * busy, possibly for others.
 */
const maxExcess = 4;

/** Documents with a learnt cost, which is forgotten after ten minutes without use. The size is that of their texts. */
const learntDocuments = {
  max: 10_000,
  maxSize: 8 * 1024 * 1024,
  sizeCalculation: (_: number, document: string) => document.length + 64,
  ttl: 600_000,
  updateAgeOnGet: true,
};

/** The share of the difference by which a learnt cost falls per execution. */
const decay = 0.1;

export function createCostBudget(options: CostBudgetOptions): CostBudget {
  const { buckets, limits } = options;
  const learnt = new LRUCache<string, number>(learntDocuments);
  const reservations = new WeakMap<WorkMeter, Reservation>();
  return {
    takeInput: (input) => takeFromAll(accountsOf(input, limits), input.units, options),
    async reserve(operation, inputUnits) {
      const document = `${operation.operationName ?? ''} ${operation.text}`;
      const estimate = learnt.get(document) ?? operation.cost;
      const reserved = await reserveIn(options, operation, { estimate, inputUnits });
      if (!('end' in reserved)) return reserved;
      operation.context.work = new WorkMeter();
      const cost = operation.cost + inputUnits;
      reservations.set(operation.context.work, { document, estimate, cost, ...reserved });
      return undefined;
    },
    settle({ context: { work } }) {
      const reservation = work && reservations.get(work);
      if (!reservation) return;
      reservations.delete(work);
      const { document, accounts, estimate, cost, end } = reservation;
      end();
      const actual = Math.min(unitsPerOperation + unitsOf(work), largestCharge(cost));
      learnt.set(document, actual > estimate ? actual : estimate - (estimate - actual) * decay);
      for (const { key, limit } of accounts) buckets.correct(key, limit, actual - heldIn(limit, estimate));
    },
    chargeEvents: (operation) => createEventCharge(accountsOf(operation, limits), operation.cost, buckets),
  };
}

/** Reserves the cost in all accounts and in flight, or nothing. */
async function reserveIn(
  options: CostBudgetOptions,
  operation: AdmittedOperation,
  { estimate, inputUnits }: { estimate: number; inputUnits: number },
): Promise<Pick<Reservation, 'accounts' | 'end'> | GraphQLError> {
  const { buckets, limits, inFlight, tooMuchInFlight } = options;
  const accounts = accountsOf(operation, limits);
  const error = await takeFromAll(accounts, estimate, options);
  if (error) return error;
  const cost = estimate + inputUnits;
  const end = await inFlight.enter(inFlightLimitsOf(operation, options), cost, operation.context.cancellation);
  if (typeof end === 'function') return { accounts, end };
  refund(accounts, estimate, buckets);
  return tooMuchInFlight(end.by);
}

/** Takes the cost from all accounts, or from none of them and returns the error. */
async function takeFromAll(
  accounts: readonly Account[],
  cost: number,
  { buckets, exceeded }: Pick<CostBudgetOptions, 'buckets' | 'exceeded'>,
): Promise<GraphQLError | undefined> {
  for (const [index, { by, key, limit }] of accounts.entries()) {
    const wait = await buckets.take(key, limit, heldIn(limit, cost));
    if (wait === 0) continue;
    refund(accounts.slice(0, index), cost, buckets);
    return exceeded(by, wait);
  }
  return undefined;
}

function refund(accounts: readonly Account[], cost: number, buckets: TokenBuckets): void {
  for (const { key, limit } of accounts) buckets.correct(key, limit, -heldIn(limit, cost));
}

/** An operation that costs more than a burst needs a full bucket. */
function heldIn({ burst }: RateLimit, cost: number): number {
  return Math.min(cost, burst);
}

function createEventCharge(accounts: readonly Account[], cost: number, buckets: TokenBuckets): ChargeEvent {
  const largest = largestCharge(cost);
  let due = 0;
  return ({ work, readers, subscribers }) => {
    due += unitsPerDelivery + unitsPerStreamEvent / subscribers + Math.min(unitsOf(work), largest) / readers;
    if (due < unitsPerCorrection) return;
    for (const { key, limit } of accounts) buckets.correct(key, limit, due);
    due = 0;
  };
}

interface Reservation {
  document: string;
  accounts: Account[];
  estimate: number;
  /** Its static cost with the units of its bytes. */
  cost: number;
  end: EndOperation;
}

interface Account {
  by: 'address' | 'caller';
  key: string;
  limit: RateLimit;
}

/** Guests have no account of their own: their address pays. The gateway's own operations have no origin. */
function accountsOf({ context }: Pick<AdmittedOperation, 'context'>, limits: CostBudgetOptions['limits']): Account[] {
  const { origin, caller } = context;
  if (!origin) return [];
  const accounts: Account[] = [{ by: 'address', key: `cost:address:${origin.address}`, limit: limits.address }];
  if (caller.kind !== 'guest')
    accounts.unshift({ by: 'caller', key: `cost:caller:${origin.caller}`, limit: limits.caller });
  return accounts.filter(({ limit }) => limit.perSecond > 0);
}

/** All guests at one address count as one caller. */
function inFlightLimitsOf(
  { context: { origin, caller } }: Pick<AdmittedOperation, 'context'>,
  { inFlightLimits: { caller: perCaller, address: perAddress } }: Pick<CostBudgetOptions, 'inFlightLimits'>,
): InFlightLimit[] {
  if (!origin) return [];
  const { address } = origin;
  const limits: InFlightLimit[] = [
    { by: 'caller', key: caller.kind === 'guest' ? `guests at ${address}` : origin.caller, units: perCaller },
    { by: 'address', key: address, units: perAddress },
  ];
  return limits.filter(({ units }) => units > 0);
}

function largestCharge(cost: number): number {
  return maxExcess * Math.max(cost, unitsPerOperation);
}

function unitsOf({ cpuMs, bytes, fetches }: WorkMeter): number {
  return fetches * unitsPerFetch + cpuMs * unitsPerMs + bytes / bytesPerUnit;
}
