import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UserError } from '../launcher/user-error.js';

/** The size of the rehearsal. */
export type RehearsalOptions = z.output<typeof options>;

const count = z.coerce.number().int().min(1);

const options = z.object({
  /** Requests per second. */
  rate: count.default(100),
  /** Subscribers, each with one stream. */
  clients: count.default(200),
  users: count.min(2).default(20),
  conversations: count.default(20),
  seed: z.coerce.number().int().default(1),
});

/** @throws Refusal that names the invalid option */
export function readOptions(args: readonly string[]): RehearsalOptions {
  const names = Object.keys(options.shape);
  try {
    const known = Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const));
    return options.parse(parseArgs({ args: [...args], options: known }).values);
  } catch (failure) {
    const usage = names.map((name) => `[--${name} N]`).join(' ');
    throw new UserError(`${(failure as Error).message}\nusage: npm run rehearse -- ${usage}`);
  }
}
