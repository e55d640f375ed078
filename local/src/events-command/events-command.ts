/** Shows and repeats domain events: `npm run events`. */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Variables } from '@marquee/chassis/config/settings';
import { readDeadLetters, returnDeadLetters } from '@marquee/chassis/events/dead-letters';
import type { RecentEvent } from '@marquee/chassis/events/outbox';
import { Closers } from '@marquee/chassis/process/closers';
import { type Subgraph, subgraphs } from '@marquee/schema/services';
import { UserError } from '../launcher/user-error.js';
import { type OpenOutbox, openOutbox, queueOf } from './event-store.js';

const usage = `usage: npm run events -- <command> [--service NAME]
  tail [--number N] [--follow]  prints the latest events, and with --follow also those that come
  replay SINCE                  publishes the kept events since a time (RFC 3339) again; consumers ignore those that they have applied
  dead-letters [--replay]       prints the events that a service could not apply, and with --replay returns them to its queue
  --service                     the service whose events, or whose dead letters. Default: all services`;

export interface EventsCommandContext {
  /** The environment variables of a service. */
  variablesOf(subgraph: Subgraph): Variables;
  print(line: string): void;
  /** Ends a command that follows events. */
  stopping: AbortSignal;
}

/** Milliseconds between two reads of the latest events. */
const followMs = 1_000;

/** @throws UserError for invalid arguments */
export async function eventsCommand(args: readonly string[], context: EventsCommandContext): Promise<void> {
  const { positionals, values } = parse(args);
  const [command, since] = positionals;
  const services = chosen(values.service);
  if (command === 'tail') return tail(services, values, context);
  if (command === 'replay') return replay(services, toTime(since), context);
  if (command === 'dead-letters') return deadLetters(services, values.replay, context);
  throw new UserError(usage);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        service: { type: 'string' },
        number: { type: 'string', default: '20' },
        follow: { type: 'boolean', default: false },
        replay: { type: 'boolean', default: false },
      },
    });
  } catch (failure) {
    throw new UserError(`${(failure as Error).message}\n${usage}`);
  }
}

function chosen(name: string | undefined): readonly Subgraph[] {
  const services = subgraphs.filter((subgraph) => name === undefined || subgraph.name === name);
  if (services.length > 0) return services;
  throw new UserError(`There is no service "${name}", only ${subgraphs.map((subgraph) => subgraph.name).join(', ')}.`);
}

function toTime(text: string | undefined): Date {
  const time = new Date(text ?? '');
  if (Number.isNaN(time.getTime())) throw new UserError(`replay needs a time, such as 2026-01-31T12:00:00Z.\n${usage}`);
  return time;
}

async function tail(
  services: readonly Subgraph[],
  { number, follow }: { number: string; follow: boolean },
  context: EventsCommandContext,
): Promise<void> {
  const limit = Number(number);
  if (!Number.isInteger(limit) || limit < 1) throw new UserError(`--number needs a number, not "${number}".\n${usage}`);
  await withOutboxes(services, context, async (outboxes) => {
    const printed = new Set<string>();
    for (;;) {
      const found = await Promise.all(outboxes.map(({ outbox }) => outbox.recent(limit)));
      const latest = found.flat().sort((one, other) => one.event.time.localeCompare(other.event.time));
      for (const recent of latest.slice(-limit).filter(({ event }) => !printed.has(event.id))) {
        printed.add(recent.event.id);
        context.print(lineOf(recent));
      }
      if (!follow || context.stopping.aborted) return;
      await wait(followMs, undefined, { signal: context.stopping }).catch(() => undefined);
    }
  });
}

async function withOutboxes(
  services: readonly Subgraph[],
  { variablesOf }: EventsCommandContext,
  work: (outboxes: readonly OpenOutbox[]) => Promise<void>,
): Promise<void> {
  const closers = new Closers();
  try {
    const outboxes: OpenOutbox[] = [];
    for (const subgraph of services) outboxes.push(closers.add(await openOutbox(subgraph, variablesOf(subgraph))));
    await work(outboxes);
  } finally {
    await closers.close();
  }
}

function lineOf({ event: { time, source, type, subject, id, data }, isSent }: RecentEvent): string {
  return [time, isSent ? 'sent' : 'unsent', `${source}.${type}`, subject, id, JSON.stringify(data)].join('  ');
}

async function replay(services: readonly Subgraph[], since: Date, context: EventsCommandContext): Promise<void> {
  for (const subgraph of services)
    await withOutboxes([subgraph], context, async (outboxes) => {
      for (const { outbox } of outboxes)
        context.print(`${subgraph.name}: ${await outbox.resend(since)} events are published again`);
    });
}

async function deadLetters(
  services: readonly Subgraph[],
  isReturned: boolean,
  { variablesOf, print }: EventsCommandContext,
): Promise<void> {
  for (const subgraph of services.filter(({ reactsTo }) => reactsTo)) {
    const settings = queueOf(variablesOf(subgraph));
    const letters = await (isReturned ? returnDeadLetters(settings) : readDeadLetters(settings));
    for (const text of letters) print(text);
    print(`${subgraph.name}: ${letters.length} dead letters${isReturned ? ' are returned to its queue' : ''}`);
  }
}
