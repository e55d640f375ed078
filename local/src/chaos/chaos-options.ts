import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UserError } from '../launcher/user-error.js';

/** The size of the drill. */
export type ChaosOptions = z.output<typeof options>;

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
});

/** Each kind of failure once, within half a minute on a busy machine. */
const short = { messages: 60, senders: 4, subscribers: 8, conversations: 2, reloads: 2, rate: 20, ends: 1, drain: 1 };

/** @throws Refusal that names the invalid option */
export function readOptions(args: readonly string[]): ChaosOptions {
  const names = Object.keys(options.shape);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const)),
        short: { type: 'boolean' },
      },
    });
    return options.parse(values['short'] ? { ...short, ...values } : values);
  } catch (failure) {
    const problem =
      failure instanceof z.ZodError
        ? failure.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; ')
        : (failure as Error).message;
    throw new UserError(
      `${problem}\nusage: npm run chaos -- [--short] ${names.map((name) => `[--${name} N]`).join(' ')}`,
    );
  }
}
