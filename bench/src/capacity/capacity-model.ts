import type { MeasuredFigures, SocketFigures } from './measured-figures.js';
import { hoursPerMonth, prices, secondsPerMonth, transferCost } from './prices.js';

/** The size of a task. The processes of a service use one CPU, since their work runs on one event loop. */
export interface TaskSize {
  vcpu: number;
  gigabytes: number;
}

/** The resources and the costs of a load. */
export interface Capacity {
  /** Tasks of each service, by its name. */
  tasks: ReadonlyMap<string, number>;
  size: TaskSize;
  /** Aurora capacity units. */
  databaseUnits: number;
  databaseConnections: number;
  dynamoReadsPerSecond: number;
  /** Processing units (ECPU) of Valkey. */
  cacheUnitsPerSecond: number;
  /** Open sockets; 0 for a load of requests. */
  sockets: number;
  loadBalancerUnits: number;
  /** Dollars per month, by product. */
  dollars: ReadonlyMap<string, number>;
}

/** The share of a CPU that may be in use on average, so that bursts find room. */
export const utilisation = 0.6;

/** The CPU that comes with a unit of Aurora: a database instance of 16 GiB has two. */
const vcpuPerDatabaseUnit = 0.25;

/** Connections of each task of users and jobs to Postgres: the default of `DATABASE_POOL`. */
const connectionsPerTask = 10;

/** Read units of a request to DynamoDB: consistent, of up to 8 kB. */
const readUnits = 2;

/**
 * Processing units of a script of the rate limits in Valkey. A unit is the time of a simple command with its exchange, about
 * a microsecond; the script takes 7.5 µs in `redis-server` (`INFO commandstats`).
 */
const unitsPerScript = 8;

/** Scripts of a signed-in caller's request: its rate and its cost, and the correction of the cost, for caller and address. */
const scriptsPerRequest = 6;

/** Scripts of an event to one socket: the costs of fifty cheap deliveries, or of two private ones, are charged together. */
const scriptsPerEvent = { broadcast: 1 / 50, private: 1 };

/** The resident memory of a gateway and of messaging without streams, and that of the telemetry collector, in MB. */
const reservedMegabytes = 150 + 128;

/** The share of a container's memory that may be in use. */
const memoryShare = 0.75;

/** Tasks of a service that is available in two zones. */
const leastTasks = 2;

const services = ['gateway', 'users', 'jobs', 'messaging', 'shows'];

/** The capacity for a constant number of pages per second, each with the figures of `npm run bench graph`. */
export function capacityForRequests(figures: MeasuredFigures, perSecond: number, size: TaskSize): Capacity {
  const tasks = new Map(
    services.map((name) => [name, tasksFor((perSecond * (figures.page.get(name) ?? 0)) / 1000, size)]),
  );
  const databaseUnits = Math.max(
    1,
    (perSecond * (figures.page.get('postgres') ?? 0)) / 1000 / vcpuPerDatabaseUnit / utilisation,
  );
  const kilobytesPerSecond = perSecond * (figures.pageKilobytes + 1);
  const dynamoReadsPerSecond = perSecond * figures.dynamoRequests * readUnits;
  const cacheUnitsPerSecond = perSecond * scriptsPerRequest * unitsPerScript;
  return priced({
    ...{ tasks, size, databaseUnits, dynamoReadsPerSecond, cacheUnitsPerSecond, sockets: 0 },
    kilobytesPerSecond,
  });
}

/** Open sockets with a stream each. */
export interface SocketLoad {
  sockets: number;
  /** Whether all sockets have the same stream, or each that of one person. */
  kind: 'broadcast' | 'private';
  /** The events that a socket receives per second. */
  eventsPerSecond: number;
}

/** Kilobytes of an event on the wire. */
const eventKilobytes = 0.5;

/** The capacity for open sockets, with the figures of `npm run bench crowd`, `quiet` and `live`. */
export function capacityForSockets(figures: MeasuredFigures, load: SocketLoad, size: TaskSize): Capacity {
  const { sockets, kind, eventsPerSecond } = load;
  const events = sockets * eventsPerSecond;
  const tasks = kind === 'broadcast' ? broadcastTasks(figures, load, size) : privateTasks(figures, load, size);
  const dynamoReadsPerSecond = (kind === 'broadcast' ? eventsPerSecond : events) * readUnits;
  // Each event of a private stream is a notification of its own.
  const notifications = kind === 'broadcast' ? eventsPerSecond : events;
  const cacheUnitsPerSecond = notifications + events * scriptsPerEvent[kind] * unitsPerScript;
  const kilobytesPerSecond = events * eventKilobytes;
  return priced({
    ...{ tasks, size, databaseUnits: 1, dynamoReadsPerSecond, cacheUnitsPerSecond, sockets },
    kilobytesPerSecond,
  });
}

function broadcastTasks(
  { broadcast, broadcastEvent }: MeasuredFigures,
  { sockets, eventsPerSecond }: SocketLoad,
  size: TaskSize,
): Map<string, number> {
  const gateways = tasksForStreams(sockets, broadcast, (sockets * eventsPerSecond * broadcastEvent) / 1000, size);
  return new Map(services.map((name) => [name, name === 'gateway' ? gateways : leastTasks]));
}

/** The work of a message is a third each that of the gateway, of messaging, and of users, which completes it. */
function privateTasks(
  { private: streams, message }: MeasuredFigures,
  { sockets, eventsPerSecond }: SocketLoad,
  size: TaskSize,
): Map<string, number> {
  const work = (sockets * eventsPerSecond * message) / 1000 / 3;
  return new Map([
    ['gateway', tasksForStreams(sockets, streams.gateway, work, size)],
    ['users', tasksFor(work, size)],
    ['jobs', leastTasks],
    ['messaging', tasksForStreams(sockets, streams.messaging, work, size)],
    ['shows', leastTasks],
  ]);
}

/** @param work CPU seconds per second in addition to that of idle sockets */
function tasksForStreams(
  sockets: number,
  { kilobytes, processor }: SocketFigures,
  work: number,
  size: TaskSize,
): number {
  const room = size.gigabytes * 1024 * memoryShare - reservedMegabytes;
  const inMemory = Math.ceil((sockets * kilobytes) / 1024 / room);
  return Math.max(inMemory, tasksFor((sockets * processor) / 1e6 + work, size));
}

/** @param work CPU seconds per second */
function tasksFor(work: number, { vcpu }: TaskSize): number {
  return Math.max(leastTasks, Math.ceil(work / (Math.min(vcpu, 1) * utilisation)));
}

interface Demand {
  tasks: ReadonlyMap<string, number>;
  size: TaskSize;
  databaseUnits: number;
  dynamoReadsPerSecond: number;
  cacheUnitsPerSecond: number;
  sockets: number;
  kilobytesPerSecond: number;
}

function priced({ kilobytesPerSecond, ...demand }: Demand): Capacity {
  const { tasks, size, databaseUnits, dynamoReadsPerSecond, cacheUnitsPerSecond, sockets } = demand;
  const count = [...tasks.values()].reduce((sum, one) => sum + one, 0);
  const gigabytesPerHour = (kilobytesPerSecond * 3600) / 1e6;
  const loadBalancerUnits = Math.max(gigabytesPerHour, sockets / 3000);
  const taskHour = size.vcpu * prices.vcpuHour + size.gigabytes * prices.gigabyteHour;
  const databaseConnections = ((tasks.get('users') ?? 0) + (tasks.get('jobs') ?? 0)) * connectionsPerTask;
  const dollars = new Map([
    ['tasks', count * taskHour * hoursPerMonth],
    ['Aurora', databaseUnits * 2 * prices.databaseUnitHour * hoursPerMonth],
    ['DynamoDB', (dynamoReadsPerSecond * secondsPerMonth * prices.millionReads) / 1e6],
    ['load balancer', (prices.loadBalancerHour + loadBalancerUnits * prices.capacityUnitHour) * hoursPerMonth],
    ['Valkey', valkeyCost(cacheUnitsPerSecond)],
    ['data transfer', transferCost(gigabytesPerHour * hoursPerMonth)],
  ]);
  return { ...demand, databaseConnections, loadBalancerUnits, dollars };
}

function valkeyCost(unitsPerSecond: number): number {
  return prices.cacheGigabyteHour * hoursPerMonth + (unitsPerSecond * secondsPerMonth * prices.millionCacheUnits) / 1e6;
}

/** All dollars per month. */
export function totalOf({ dollars }: Capacity): number {
  return [...dollars.values()].reduce((sum, one) => sum + one, 0);
}
