import { getMetadataStorage } from 'type-graphql';
import { getOrCreate } from '../caching/memoize.js';
import type { ResolverMap } from './field-metrics.js';

/**
 * Removes the resolvers that type-graphql creates for fields which only read the property of the same name: the executor
 * reads properties by itself, for a fraction of the CPU time. Fields with a getter, a method, a middleware or required
 * roles keep theirs, also where only one of several classes of the type has them: services that run in one process, as in
 * tests, share the metadata of type-graphql.
 */
export function leavePropertiesToExecutor(resolvers: ResolverMap): void {
  const written = writtenMembers();
  const isProperty = new Map<string, boolean>();
  for (const { name: type, target, fields = [] } of getMetadataStorage().objectTypes)
    for (const { name, schemaName, middlewares = [], roles } of fields) {
      const isRead = name === schemaName && !written.get(target)?.has(name) && !roles && middlewares.length === 0;
      const field = `${type}.${schemaName}`;
      isProperty.set(field, isRead && isProperty.get(field) !== false);
    }
  for (const [field, isRead] of isProperty) {
    const [type = '', name = ''] = field.split('.');
    if (isRead) delete resolvers[type]?.[name];
  }
}

/** The names of the getters and methods that resolve fields, by class. */
function writtenMembers(): ReadonlyMap<unknown, ReadonlySet<string>> {
  const members = new Map<unknown, Set<string>>();
  for (const { getObjectType, methodName } of getMetadataStorage().fieldResolvers)
    getOrCreate(members, getObjectType?.() ?? null, () => new Set<string>()).add(methodName);
  return members;
}
