import type { GraphQLFieldResolver } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import { isMetricsEnabled, observedValue } from '../telemetry/instruments.js';

/** Resolvers by type and field, as `buildSubgraphSchema` takes them. */
export type ResolverMap = Record<string, Record<string, unknown>>;

type Resolve = GraphQLFieldResolver<unknown, unknown>;

const rootTypes = ['Query', 'Mutation', 'Subscription'];

/**
 * Counts and times the calls of the resolvers that someone wrote, and how they end; a property that is only read has
 * none. It is decided once, when a process starts: without metrics the map stays as it is.
 */
export function instrumentFields(resolvers: ResolverMap): void {
  if (!isMetricsEnabled()) return;
  const written = writtenResolvers();
  for (const [type, fields] of Object.entries(resolvers))
    for (const [field, resolve] of Object.entries(fields)) {
      const name = `${type}.${field}`;
      const counts = rootTypes.includes(type) || written.has(name) || field === '__resolveReference';
      if (counts) fields[field] = measured(name, resolve);
    }
}

/** The fields of objects that have a method. */
function writtenResolvers(): ReadonlySet<string> {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  const names = new Map<unknown, string>(objectTypes.map(({ target, name }) => [target, name]));
  return new Set(
    fieldResolvers.map(({ getObjectType, schemaName }) => `${names.get(getObjectType?.()) ?? ''}.${schemaName}`),
  );
}

/** Of a subscription the events are counted, not the subscribing. */
function measured(field: string, resolver: unknown): unknown {
  if (typeof resolver === 'function') return measuredResolve(field, resolver as Resolve);
  const { resolve } = resolver as { resolve?: Resolve };
  return { ...(resolver as object), ...(resolve && { resolve: measuredResolve(field, resolve) }) };
}

function measuredResolve(field: string, resolve: Resolve): Resolve {
  const calls = observedValue('marquee.field.calls', { field });
  const errors = observedValue('marquee.field.errors', { field });
  const time = observedValue('marquee.field.time', { field }, { unit: 's' });
  const ended = (started: number): void => {
    calls.value += 1;
    time.value += (performance.now() - started) / 1000;
  };
  const failed = (started: number): void => {
    errors.value += 1;
    ended(started);
  };
  return (source, args, context, info) => {
    const started = performance.now();
    try {
      const result = resolve(source, args, context, info);
      if (result instanceof Promise)
        result.then(
          () => ended(started),
          () => failed(started),
        );
      else ended(started);
      return result;
    } catch (failure) {
      failed(started);
      throw failure;
    }
  };
}
