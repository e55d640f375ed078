/**
 * List prices of AWS in US East (N. Virginia) in 2026, in dollars, without discounts; other regions are 10 to 30 % dearer.
 * Sources: the pricing pages of each product.
 */
export const prices = {
  /** A vCPU and a GB of a Fargate task on Linux and x86-64. */
  vcpuHour: 0.04048,
  gigabyteHour: 0.004445,
  /** An Application Load Balancer, and each of its capacity units (LCU). */
  loadBalancerHour: 0.0225,
  capacityUnitHour: 0.008,
  /** Aurora Serverless v2, per capacity unit (2 GiB of memory). */
  databaseUnitHour: 0.12,
  /** DynamoDB on demand, per million request units. */
  millionReads: 0.125,
  millionWrites: 0.625,
  /** A GB of ElastiCache Serverless for Valkey. */
  cacheGigabyteHour: 0.084,
  /** A million of its processing units (ECPU). */
  millionCacheUnits: 0.0023,
} as const;

/** The price of a GB that leaves AWS, up to a monthly amount in GB. */
const transferPrices = [
  { upTo: 10_000, perGigabyte: 0.09 },
  { upTo: 50_000, perGigabyte: 0.085 },
  { upTo: 150_000, perGigabyte: 0.07 },
  { upTo: Infinity, perGigabyte: 0.05 },
] as const;

export const hoursPerMonth = 730;
export const secondsPerMonth = hoursPerMonth * 3600;

/** Dollars for the data that leaves AWS in a month. */
export function transferCost(gigabytes: number): number {
  let [cost, from] = [0, 0];
  for (const { upTo, perGigabyte } of transferPrices) {
    cost += Math.max(0, Math.min(gigabytes, upTo) - from) * perGigabyte;
    from = upTo;
  }
  return cost;
}
