import { type ClassType, getMetadataStorage } from 'type-graphql';
import type { ResolverMap } from './field-metrics.js';

type FieldResolvers = ReturnType<typeof getMetadataStorage>['fieldResolvers'];
type FieldResolver = FieldResolvers[number];
type Parameter = NonNullable<FieldResolver['params']>[number];

/** Reads one parameter of a method. */
type ReadParameter = (root: unknown, context: unknown) => unknown;

/** A method of a resolver class. */
type Method = (...values: unknown[]) => unknown;

/**
 * Calls the methods that resolve fields without arguments directly. type-graphql finds the instance, sorts the parameters
 * and looks for promises in them again for each value of a field, which takes longer than most of these methods.
 *
 * @param classes the resolver classes of the service; other services may run in the same process
 */
export function callMethodsDirectly(resolvers: ResolverMap, classes: readonly ClassType<object>[]): void {
  const instances = new Map<unknown, Record<string, Method>>(
    classes.map((one) => [one, new one() as Record<string, Method>]),
  );
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  const typeNames = new Map<unknown, string>(objectTypes.map(({ target, name }) => [target, name]));
  for (const resolver of fieldResolvers) {
    const instance = instances.get(resolver.target);
    const fields = resolvers[typeNames.get(resolver.getObjectType?.()) ?? ''];
    const direct = instance && directCall(resolver, instance);
    if (direct && fields?.[resolver.schemaName] !== undefined) fields[resolver.schemaName] = direct;
  }
}

/** Undefined for a method with other parameters than the object and the context, or with middlewares. */
function directCall(
  { kind, methodName, params = [], middlewares = [], roles }: FieldResolver,
  instance: Record<string, Method>,
): Method | undefined {
  const method = instance[methodName]?.bind(instance);
  const readers = params.toSorted((one, other) => one.index - other.index).map(parameterReader);
  if (kind !== 'external' || !method || roles || middlewares.length > 0) return undefined;
  if (readers.some((reader) => reader === undefined)) return undefined;
  const [first, second, ...more] = readers as ReadParameter[];
  if (!first) return () => method();
  if (!second) return (root, _, context) => method(first(root, context));
  if (more.length > 0) return undefined;
  return (root, _, context) => method(first(root, context), second(root, context));
}

function parameterReader(parameter: Parameter): ReadParameter | undefined {
  if (parameter.kind === 'root' && !parameter.getType) return propertyOf(parameter.propertyName, (root) => root);
  if (parameter.kind === 'context') return propertyOf(parameter.propertyName, (_, context) => context);
  return undefined;
}

function propertyOf(name: string | undefined, read: ReadParameter): ReadParameter {
  if (name === undefined) return read;
  return (root, context) => (read(root, context) as Record<string, unknown>)[name];
}
