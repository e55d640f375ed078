import { z } from 'zod';

/**
 * The use of the schema in one period, as one gateway counted it. Reports contain no personal data: clients are named by
 * themselves or by their access token, and nothing identifies a caller or a request.
 */
export interface UsageReport {
  format: 'marquee-usage';
  version: 1;
  /** The begin and the end of the period, in ISO 8601. */
  from: string;
  to: string;
  clients: readonly ClientUsage[];
}

/** The operations of one version of a client. */
export interface ClientUsage {
  /** The graph that it used: `main`, or the name of a contract. */
  graph: string;
  /** The name that the client sent; absent if it sent none, `other` if too many names were sent. */
  name?: string | undefined;
  version?: string | undefined;
  /** The client id of its access tokens; absent for guests. */
  tokenClient?: string | undefined;
  /** The number of operations. */
  operations: number;
  /** The number of operations that use a schema coordinate, such as `User.name`. */
  uses: Readonly<Record<string, number>>;
}

/** The name of the graph that is not a contract. */
export const mainGraph = 'main';

/** The folder of usage reports in a registry. */
const folder = 'usage/';

/**
 * The key of a report in a registry. Keys sort by time.
 * @param source identifies the process and the report, since several gateways write to one registry
 */
export function usageKey(from: Date, source: string): string {
  return `${folder}${from.toISOString().slice(0, 13)}-${source}.json`;
}

/** The prefix of the keys of all reports that begin on a day, in UTC. */
export function usageDayPrefix(day: Date): string {
  return folder + day.toISOString().slice(0, 10);
}

/** Parses a report. @throws Error if it has another format */
export function readUsageReport(text: string): UsageReport {
  return reportShape.parse(JSON.parse(text));
}

const count = z.int().nonnegative();

const reportShape: z.ZodType<UsageReport> = z.object({
  format: z.literal('marquee-usage'),
  version: z.literal(1),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  clients: z.array(
    z.object({
      graph: z.string(),
      name: z.string().exactOptional(),
      version: z.string().exactOptional(),
      tokenClient: z.string().exactOptional(),
      operations: count,
      uses: z.record(z.string(), count),
    }),
  ),
});
