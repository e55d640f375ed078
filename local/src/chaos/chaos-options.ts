import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UserError } from '../launcher/user-error.js';

/** The size of the drills. */
export type ChaosOptions = z.output<typeof options>;

/** The command line of `npm run chaos`. */
export interface ChaosCommand {
  /** The names of the scenarios to run; empty for all of them. */
  names: readonly string[];
  options: ChaosOptions;
  /** Whether to publish the tables of the drills in the README. */
  isPublished: boolean;
}

const count = z.coerce.number().int().min(1);

const options = z.object({
  /** Seed of the random numbers, which determine the senders, the times and the order of failures. */
  seed: z.coerce
    .number()
    .int()
    .default(() => Math.floor(Math.random() * 1_000_000)),
  messages: count.default(2_000),
  senders: count.min(2).default(20),
  subscribers: count.default(50),
  conversations: count.default(10),
  /** Number of supergraph reloads. */
  reloads: count.default(20),
  /** Messages per second, of all senders together. */
  rate: count.default(60),
  /** Number of replicas of each service to stop. */
  ends: count.max(2).default(2),
  /** Seconds in which a gateway closes its sockets. */
  drain: count.default(2),
  /** Seconds of load, instead of a number of messages. */
  seconds: count.optional(),
  /** Factor of the duration of each outage. */
  scale: z.coerce.number().positive().max(10).default(1),
  /** Number of messages that a reader catches up on. */
  behind: count.default(5_000),
  /** Number of private streams. */
  streams: count.default(2_000),
  /** Number of read marks and changes of members while Redis is down. */
  changes: count.default(60),
  /** Number of changes of accounts while services and the emulator of SNS and SQS are killed. */
  accounts: count.default(500),
  /** Reads per second to each service while a store fails, with a quarter as many writes. */
  reads: count.default(8),
  /**
   * Milliseconds by which the p95 of other services may grow beyond a fifth while a store fails, and by which services
   * may recover later.
   */
  slack: count.default(100),
  /** Failures of stores, separated by commas, as `postgres:silent`. Default: all. */
  failures: z.string().default(''),
});

/** Each scenario within half a minute on a busy machine. */
const short = {
  ...{ messages: 60, senders: 4, subscribers: 8, conversations: 2, reloads: 2, rate: 20, ends: 1, drain: 1 },
  ...{ scale: 0.3, behind: 500, streams: 40, changes: 10, accounts: 40 },
  // A busy machine delays requests, too. A service that waits for the store of another one fails at its timeout.
  ...{ failures: 'postgres:silent,dynamodb:reset', reads: 4, slack: 10_000 },
};

/** @throws UserError that names the invalid option */
export function readCommand(args: readonly string[], scenarios: readonly string[]): ChaosCommand {
  const names = Object.keys(options.shape);
  try {
    const flags = { short: { type: 'boolean' }, write: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const)), ...flags },
    });
    const unknown = positionals.find((name) => !scenarios.includes(name));
    if (unknown !== undefined) throw new Error(`There is no scenario "${unknown}".`);
    const parsed = options.parse(values['short'] ? { ...short, ...values } : values);
    const messages = parsed.seconds === undefined ? parsed.messages : parsed.seconds * parsed.rate;
    return { names: positionals, options: { ...parsed, messages }, isPublished: values['write'] === true };
  } catch (failure) {
    const problem =
      failure instanceof z.ZodError
        ? failure.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; ')
        : (failure as Error).message;
    const usage = ['[SCENARIO ...]', '[--short]', '[--write]', ...names.map((name) => `[--${name} N]`)].join(' ');
    throw new UserError(`${problem}\nusage: npm run chaos -- ${usage}\nscenarios: ${scenarios.join(', ')}`);
  }
}
