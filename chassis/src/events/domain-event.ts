import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { currentTraceparent } from '../telemetry/tracing.js';

const envelope = z.object({
  /** A UUID, the same in every delivery. */
  id: z.uuid(),
  /** The service in which it happened. */
  source: z.string(),
  type: z.string(),
  version: z.int().positive(),
  /** The key of the entity to which it happened. The events of one subject are delivered in their order. */
  subject: z.string().min(1),
  /** When it happened (RFC 3339, UTC). */
  time: z.iso.datetime(),
  /** The W3C trace context of the request that caused it. */
  traceparent: z.string().optional(),
  data: z.unknown(),
});

/**
 * Something that happened to an entity, for other services. The names of the fields are those of CloudEvents, except
 * `version`.
 */
export type DomainEvent<Data = unknown> = Omit<z.output<typeof envelope>, 'data'> & { data: Data };

/** A type of events, in one version. */
export interface EventDefinition<Data = unknown> {
  source: string;
  type: string;
  /** Changes with an incompatible change of the data. A compatible one only adds optional properties. */
  version: number;
  description: string;
  /** Keys of entities and the new state; never the content of a text, nor a name, since queues keep them for days. */
  data: z.ZodType<Data>;
}

/** A type of events, and the reaction of a service to it. */
export interface EventReaction<Transaction> {
  definition: EventDefinition;
  apply(event: DomainEvent, transaction: Transaction): Promise<AfterCommit | void>;
}

/**
 * Work that follows once the transaction is committed, such as notifications. It is not repeated if the process ends
 * before.
 */
export type AfterCommit = () => unknown;

/**
 * Pairs a type of events with the reaction of a service to it.
 * @param apply runs in the transaction that records the event as applied. It may run again if that fails
 */
export function on<Data, Transaction>(
  definition: EventDefinition<Data>,
  apply: (event: DomainEvent<Data>, transaction: Transaction) => Promise<AfterCommit | void>,
): EventReaction<Transaction> {
  return {
    definition,
    apply: (event, transaction) => apply({ ...event, data: definition.data.parse(event.data) }, transaction),
  };
}

/** A new event, which continues the trace of the current request. */
export function createEvent<Data>(
  { source, type, version }: EventDefinition<Data>,
  { subject, data }: { subject: string; data: Data },
): DomainEvent<Data> {
  const traceparent = currentTraceparent();
  const trace = traceparent === undefined ? {} : { traceparent };
  return { id: randomUUID(), source, type, version, subject, time: new Date().toISOString(), ...trace, data };
}

/** Reads an event from a message. @throws ZodError or SyntaxError if the text is not one */
export function parseEvent(text: string): DomainEvent {
  return envelope.parse(JSON.parse(text));
}
