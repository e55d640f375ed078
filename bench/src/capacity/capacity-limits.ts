import type { Capacity } from './capacity-model.js';

/** A bound of one part of the system that more tasks do not move. */
export interface Limit {
  name: string;
  /** The value that a capacity needs. */
  needed(capacity: Capacity): number;
  most: number;
  /** What to change when it is reached. */
  remedy: string;
}

/** The quotas are those of a new account; AWS raises some of them on request. */
const limits: readonly Limit[] = [
  {
    name: 'read units per second of one DynamoDB partition',
    // The list of shows is one partition, and takes half of the reads of a page.
    needed: ({ dynamoReadsPerSecond, sockets }) => (sockets > 0 ? 0 : dynamoReadsPerSecond / 2),
    most: 3_000,
    remedy:
      'Set `ENTITY_CACHE=shows,jobs` with Valkey: pages of the catalogue then take no reads. Beyond that, write the list of ' +
      'shows to several partitions.',
  },
  {
    name: 'connections to Aurora',
    needed: ({ databaseConnections }) => databaseConnections,
    most: 5_000,
    remedy:
      'Fewer and larger tasks with a smaller `DATABASE_POOL`, then a pooler in transaction mode: the services run behind ' +
      'PgBouncer in the tests.',
  },
  {
    name: 'capacity units of the Aurora writer',
    needed: ({ databaseUnits }) => databaseUnits,
    most: 256,
    remedy:
      'Send the reads of users and jobs to readers, of which a cluster has up to 15; then a cluster for each service.',
  },
  {
    name: 'notifications per second of one Valkey node',
    // Each event of a private stream is a notification.
    needed: ({ dynamoReadsPerSecond, sockets }) => (sockets > 0 ? dynamoReadsPerSecond / 2 : 0),
    most: 100_000,
    remedy: 'Sharded publish and subscribe over a Valkey cluster: the topics of conversations are independent.',
  },
  {
    name: 'processing units per second that the deployment permits Valkey',
    needed: ({ cacheUnitsPerSecond }) => cacheUnitsPerSecond,
    most: 15_000,
    remedy:
      'Raise `ecpuPerSecond` in `deploy/src/stacks/bus.ts`, which bounds the costs. Until then each replica counts the rates ' +
      'of its own requests when Valkey throttles.',
  },
  {
    name: 'sockets that one gateway accepts by default',
    needed: ({ sockets, tasks }) => sockets / (tasks.get('gateway') ?? 1),
    // Of guests: four fifths of `CONNECTIONS`. Others may have some more.
    most: 12_000,
    remedy: 'Raise `CONNECTIONS`, 15,000 by default: the process needs a file descriptor for each.',
  },
  {
    name: 'tasks behind one load balancer',
    needed: ({ tasks }) => tasks.get('gateway') ?? 0,
    most: 1_000,
    remedy: 'Several load balancers with weighted DNS records; gateways share nothing but Valkey.',
  },
  {
    name: 'tasks of one ECS service',
    needed: ({ tasks }) => Math.max(...tasks.values()),
    most: 5_000,
    remedy: 'Several ECS services of the same image, or tasks with more memory.',
  },
];

/** The limits that a capacity exceeds, the most exceeded first; the nearest one if it exceeds none. */
export function saturated(capacity: Capacity): { limit: Limit; share: number }[] {
  const shares = limits
    .map((limit) => ({ limit, share: limit.needed(capacity) / limit.most }))
    .sort((one, other) => other.share - one.share);
  const exceeded = shares.filter(({ share }) => share > 1);
  return exceeded.length > 0 ? exceeded : shares.slice(0, 1);
}
