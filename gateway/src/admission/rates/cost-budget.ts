/**
 * Charges operations by their work. An operation reserves its cost before it runs: the learnt cost of its document, or
 * the static upper bound for a document that is new. Afterwards the reservation is corrected by the work that the services
 * report, and the document's learnt cost rises to it at once and falls slowly. A subscription reserves its cost when it
 * starts, and each of its events is charged once it is delivered.
 */
import type { RateLimit } from '@marquee/chassis/http/token-bucket';
import type { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { WorkMeter } from '../../engine/work-meter.js';
import type { AdmittedOperation } from '../admitted-operation.js';
import type { TokenBuckets } from './token-buckets.js';

export interface CostBudget {
  /** Reserves the cost of an operation. Resolves to RATE_LIMITED over a limit. */
  reserve(operation: AdmittedOperation): Promise<GraphQLError | undefined>;
  /** Corrects the reservation once the operation has ended. */
  settle(operation: Pick<AdmittedOperation, 'context'>): void;
  /** Charges the events of a subscription. They are never refused: their work delays further operations of its origin. */
  chargeEvents(operation: Pick<AdmittedOperation, 'context' | 'cost'>): ChargeEvent;
}

/**
 * Charges one delivered event.
 * @param work the work of completing it
 * @param readers the number of subscriptions that share this work
 */
export type ChargeEvent = (work: WorkMeter, readers: number) => void;

export interface CostBudgetOptions {
  buckets: TokenBuckets;
  /** Cost units. A rate of 0 means no limit. */
  limits: { caller: RateLimit; address: RateLimit };
  exceeded(by: 'address' | 'caller', waitSeconds: number): GraphQLError;
}

/** Cost units for each millisecond of CPU time, as the weights of fields are. */
const unitsPerMs = 50;

/** Cost units of the gateway itself, for an operation and for each of its fetches. */
const unitsPerOperation = 25;
const unitsPerFetch = 25;
const bytesPerUnit = 2_000;

/** Cost units of sending an event to one subscriber. */
const unitsPerDelivery = 1;

/** Cost units of events that are charged together: a correction may be a request to Redis. */
const unitsPerCorrection = 50;

/**
 * The work of one operation counts at most this many times its static cost: statements take longer while a database is
 * busy, possibly for others.
 */
const maxExcess = 4;

/** Documents with a learnt cost, which is forgotten after ten minutes without use. */
const learntDocuments = { max: 10_000, ttl: 600_000, updateAgeOnGet: true };

/** The share of the difference by which a learnt cost falls per execution. */
const decay = 0.1;

export function createCostBudget({ buckets, limits, exceeded }: CostBudgetOptions): CostBudget {
  const learnt = new LRUCache<string, number>(learntDocuments);
  const reservations = new WeakMap<WorkMeter, Reservation>();
  return {
    async reserve(operation) {
      const { context, cost } = operation;
      const document = `${operation.operationName ?? ''} ${operation.text}`;
      const accounts = accountsOf(operation, limits);
      const estimate = learnt.get(document) ?? cost;
      for (const { by, key, limit } of accounts) {
        const wait = await buckets.take(key, limit, Math.min(estimate, limit.burst));
        if (wait > 0) return exceeded(by, wait);
      }
      context.work = new WorkMeter();
      reservations.set(context.work, { document, accounts, estimate, cost });
      return undefined;
    },
    settle({ context: { work } }) {
      const reservation = work && reservations.get(work);
      if (!reservation) return;
      reservations.delete(work);
      const { document, accounts, estimate, cost } = reservation;
      const actual = Math.min(unitsPerOperation + unitsOf(work), largestCharge(cost));
      learnt.set(document, actual > estimate ? actual : estimate - (estimate - actual) * decay);
      for (const { key, limit } of accounts) buckets.correct(key, limit, actual - Math.min(estimate, limit.burst));
    },
    chargeEvents: (operation) => createEventCharge(accountsOf(operation, limits), operation.cost, buckets),
  };
}

function createEventCharge(accounts: readonly Account[], cost: number, buckets: TokenBuckets): ChargeEvent {
  const largest = largestCharge(cost);
  let due = 0;
  return (work, readers) => {
    due += unitsPerDelivery + Math.min(unitsOf(work), largest) / readers;
    if (due < unitsPerCorrection) return;
    for (const { key, limit } of accounts) buckets.correct(key, limit, due);
    due = 0;
  };
}

interface Reservation {
  document: string;
  accounts: Account[];
  estimate: number;
  cost: number;
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
    accounts.push({ by: 'caller', key: `cost:caller:${origin.caller}`, limit: limits.caller });
  return accounts.filter(({ limit }) => limit.perSecond > 0);
}

function largestCharge(cost: number): number {
  return maxExcess * Math.max(cost, unitsPerOperation);
}

function unitsOf({ cpuMs, bytes, fetches }: WorkMeter): number {
  return fetches * unitsPerFetch + cpuMs * unitsPerMs + bytes / bytesPerUnit;
}
