import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UserError } from '../launcher/user-error.js';

/** How large the rehearsal is. */
export type RehearsalOptions = z.output<typeof options>;

const count = z.coerce.number().int().min(1);

const options = z.object({
  /** Requests a second. */
  rate: count.default(100),
  /** Clients with a live stream each. */
  clients: count.default(200),
  people: count.min(2).default(20),
  conversations: count.default(20),
  seed: z.coerce.number().int().default(1),
});

/** @throws Refusal naming what does not fit */
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
