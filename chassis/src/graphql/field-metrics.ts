import type { GraphQLFieldResolver } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import { isMetricsEnabled, observedValue } from '../telemetry/instruments.js';

/** Resolvers by type and field, as `buildSubgraphSchema` accepts them. */
export type ResolverMap = Record<string, Record<string, unknown>>;

type Resolve = GraphQLFieldResolver<unknown, unknown>;

const rootTypes = ['Query', 'Mutation', 'Subscription'];

/**
 * Counts and times the calls of written resolvers, and their errors. Fields that only read a property have no resolver and
 * are not counted. Without metrics the map is left unchanged, since this is decided once, when the process starts.
 */
export function instrumentFields(resolvers: ResolverMap): void {
  if (!isMetricsEnabled()) return;
  const written = writtenResolvers();
  for (const [type, fields] of Object.entries(resolvers))
    for (const [field, resolve] of Object.entries(fields)) {
      const name = `${type}.${field}`;
      const isCounted = rootTypes.includes(type) || written.has(name) || field === '__resolveReference';
      if (isCounted) fields[field] = instrumented(name, resolve);
    }
}

/** The object fields that are resolved by a method. */
function writtenResolvers(): ReadonlySet<string> {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  const names = new Map<unknown, string>(objectTypes.map(({ target, name }) => [target, name]));
  return new Set(
    fieldResolvers.map(({ getObjectType, schemaName }) => `${names.get(getObjectType?.()) ?? ''}.${schemaName}`),
  );
}

/** For a subscription, events are counted instead of calls of `subscribe`. */
function instrumented(field: string, resolver: unknown): unknown {
  if (typeof resolver === 'function') return instrumentedResolve(field, resolver as Resolve);
  const { resolve } = resolver as { resolve?: Resolve };
  return { ...(resolver as object), ...(resolve && { resolve: instrumentedResolve(field, resolve) }) };
}

function instrumentedResolve(field: string, resolve: Resolve): Resolve {
  const calls = observedValue('marquee.field.calls', { field });
  const errors = observedValue('marquee.field.errors', { field });
  const time = observedValue('marquee.field.time', { field }, { unit: 's' });
  const onEnd = (started: number): void => {
    calls.value += 1;
    time.value += (performance.now() - started) / 1000;
  };
  const onError = (started: number): void => {
    errors.value += 1;
    onEnd(started);
  };
  return (source, args, context, info) => {
    const started = performance.now();
    try {
      const result = resolve(source, args, context, info);
      if (result instanceof Promise)
        result.then(
          () => onEnd(started),
          () => onError(started),
        );
      else onEnd(started);
      return result;
    } catch (failure) {
      onError(started);
      throw failure;
    }
  };
}
