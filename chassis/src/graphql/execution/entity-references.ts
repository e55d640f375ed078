import {
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type GraphQLUnionType,
  getNullableType,
  isListType,
  isObjectType,
  isUnionType,
} from 'graphql';
import type { Compilation } from './compilation.js';
import { completeObject, notPossible } from './complete-objects.js';
import { type Complete, completeItems, itemCompletion, nullable } from './complete-values.js';
import type { ExecuteField } from './execute-fields.js';
import { takeArguments } from './field-arguments.js';
import { FieldCompletion } from './field-completion.js';
import type { FieldPlace } from './operation-run.js';

/** A representation of an entity: `__typename` and the fields of a key. */
interface Representation {
  __typename: string;
}

/** An entity that is looked up, with the completion of its type. */
interface FoundEntity {
  value: unknown;
  complete: Complete;
}

/** Whether a field is `Query._entities` of federation. */
export function isEntitiesField(schema: GraphQLSchema, { parent, field }: FieldPlace): boolean {
  const type = getNullableType(field.type);
  return parent === schema.getQueryType() && field.name === '_entities' && isListType(type) && isUnionType(type.ofType);
}

/**
 * Compiles `_entities`. The type of an entity is that of its representation. The resolver of `@apollo/subgraph` writes it
 * into the entity, after a promise for each, only for the executor to read it there.
 */
export function compileEntities(compilation: Compilation, place: FieldPlace): ExecuteField {
  const argumentsOf = takeArguments(place);
  const kindOf = entityKinds(compilation, place);
  const completion = new FieldCompletion(place, (run, found, path) =>
    completeItems(found as FoundEntity[], ({ value, complete }, key) =>
      complete(run, value, { prev: path, key, typename: undefined }),
    ),
  );
  return (run, _, parent) => {
    const path = completion.pathBelow(parent);
    let found: FoundEntity[];
    try {
      const { representations } = argumentsOf(run) as { representations: readonly Representation[] };
      const info = run.infoOf(place, path);
      // First the types of all: an unknown one would leave promises of the others that nothing awaits.
      const wanted = representations.map((representation) => ({ representation, ...kindOf(representation) }));
      found = wanted.map(({ representation, resolve, complete }) => ({
        value: resolve ? resolve(representation, run.context, info) : representation,
        complete,
      }));
    } catch (error) {
      return completion.fail(run, error, path);
    }
    return completion.settle(run, found, path);
  };
}

interface EntityKind {
  resolve: ResolveReference | undefined;
  complete: Complete;
}

/** Compiles the selection of an entity type when it first appears. */
function entityKinds(compilation: Compilation, place: FieldPlace): (of: Representation) => EntityKind {
  const { ofType: union } = getNullableType(place.field.type) as GraphQLList<GraphQLUnionType>;
  const kinds = new Map<string, EntityKind>();
  const compile = (type: GraphQLObjectType): Complete => {
    if (!compilation.schema.isSubType(union, type))
      return () => {
        throw notPossible(union, type, place);
      };
    return completeObject(compilation, place, type);
  };
  return ({ __typename: name }) => {
    const known = kinds.get(name);
    if (known) return known;
    const type = compilation.schema.getType(name);
    if (!isObjectType(type)) throw new Error(`The schema has no entity of the type "${name}".`);
    const complete = itemCompletion(place, union, nullable(compile(type)));
    const kind = { resolve: referenceResolver(type), complete };
    kinds.set(type.name, kind);
    return kind;
  };
}

type ResolveReference = (reference: object, context: object, info: GraphQLResolveInfo) => unknown;

/** Where `@apollo/subgraph` keeps the reference resolver of a type. */
function referenceResolver({ extensions }: GraphQLObjectType): ResolveReference | undefined {
  const { apollo } = extensions as { apollo?: { subgraph?: { resolveReference?: ResolveReference } } };
  return apollo?.subgraph?.resolveReference;
}
