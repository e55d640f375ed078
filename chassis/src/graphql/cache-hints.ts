import { Directive } from 'type-graphql';

/** How long results with a field or a type may be cached, with the rules of Apollo Server. */
export interface CacheHint {
  /** In seconds; 0: not cacheable. */
  maxAge?: number;
  /** `PRIVATE` for what differs by caller: caches keep it for one caller only. Default: `PUBLIC`. */
  scope?: 'PUBLIC' | 'PRIVATE';
  /** Takes the maximum age of the parent, for fields that return objects. */
  inheritMaxAge?: boolean;
}

/**
 * Allows caches to keep results with a field, or with a type and its fields. Everything that a response contains must be
 * allowed, and the shortest time counts. Use it for data that is the same for all callers, or with `scope: 'PRIVATE'`: a
 * row that only some callers may see is the same for all of them only if the others cannot reach it at all.
 */
export function CacheControl({
  maxAge,
  scope,
  inheritMaxAge,
}: CacheHint): MethodDecorator & PropertyDecorator & ClassDecorator {
  const given = { maxAge, scope, inheritMaxAge };
  const args = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return Directive(`@cacheControl(${args.join(', ')})`);
}

/**
 * Tags cached results, for `CacheInvalidator.invalidate`. On an entity, `{$key.id}` is a key field; on a field of Query,
 * `{$args.id}` is an argument. A result is kept only if all of its tags have a value.
 */
export function CacheTag(format: string): MethodDecorator & PropertyDecorator & ClassDecorator {
  return Directive(`@cacheTag(format: ${JSON.stringify(format)})`);
}

/**
 * The definition of `@cacheControl` in a subgraph, and its composition. The enum has the prefix of the specification, so
 * that it is not part of the API schema.
 */
export const cacheControlDirective = `
extend schema
  @link(url: "https://marquee.example/cache/v1.0", import: ["@cacheControl"])
  @composeDirective(name: "@cacheControl")
directive @cacheControl(maxAge: Int, scope: cache__CacheControlScope, inheritMaxAge: Boolean)
  on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
enum cache__CacheControlScope { PUBLIC PRIVATE }`;
