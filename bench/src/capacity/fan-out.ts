import { seededRandom, type Random } from '@marquee/testkit/seeded-random';
import { quantile } from '../measuring/quantile.js';

/** A simulated delivery of one event to all readers. */
export interface FanOut {
  readers: number;
  gateways: number;
  replicas: number;
  /** The share of a CPU that each task may use. */
  vcpu: number;
  /** CPU milliseconds of a gateway per event and reader. */
  perReader: number;
  /** CPU milliseconds of a gateway per event. */
  perEvent: number;
  seed: number;
}

/** Milliseconds from the storing of the event. */
export interface FanOutTimes {
  p50: number;
  p99: number;
  last: number;
  deliveries: number;
}

/** Median milliseconds of one hop: to the bus, to a replica, to a gateway, to a service that completes the event. */
const hopMs = 1;

/** Milliseconds in which a container may use its share of a CPU; then the kernel lets it wait for the next period. */
const periodMs = 100;

/**
 * Simulates how an event spreads: the bus notifies each replica, each gateway has one stream to one replica, completes the
 * event once, and writes it to its readers one after the other. Every hop takes a random time, with a long tail. Equal
 * seeds give equal results.
 */
export function simulateFanOut(options: FanOut): FanOutTimes {
  const random = seededRandom(options.seed);
  const replicas = Array.from({ length: options.replicas }, () => hop(random) + hop(random));
  const times: number[] = [];
  for (let gateway = 0; gateway < options.gateways; gateway += 1) {
    const received = (replicas[gateway % options.replicas] ?? 0) + hop(random);
    const completed = received + 2 * hop(random);
    for (const time of deliveries(options, gateway, random)) times.push(completed + time);
  }
  const [p50, p99, last] = [0.5, 0.99, 1].map((share) => quantile(times, share)) as [number, number, number];
  return { p50, p99, last, deliveries: times.length };
}

/** The times at which the readers of one gateway have the event, from its completion. */
function* deliveries({ readers, gateways, vcpu, perReader, perEvent }: FanOut, gateway: number, random: Random) {
  const own = Math.floor(readers / gateways) + (gateway < readers % gateways ? 1 : 0);
  const throttle = throttled(vcpu, random.between(0, periodMs));
  for (let reader = 1; reader <= own; reader += 1) yield throttle(perEvent + reader * perReader) + hop(random);
}

/** When work of some CPU milliseconds is done, with a quota per period. @param offset of the start within its period */
function throttled(vcpu: number, offset: number): (work: number) => number {
  const quota = vcpu * periodMs;
  const first = Math.min(quota, periodMs - offset);
  return (work) => {
    if (vcpu >= 1 || work <= first) return work;
    const periods = Math.floor((work - first) / quota);
    return periodMs - offset + periods * periodMs + ((work - first) % quota);
  };
}

/** A log-normal time: its 99th percentile is ten times the median. */
function hop(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return hopMs * Math.exp(normal);
}
