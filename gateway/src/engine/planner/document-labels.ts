import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import type { OverrideLabel } from '@marquee/chassis/graphql/override-labels';
import {
  type DocumentNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { PlannerFields } from './alias-rewriter.js';

/** The labels that plans of a document depend on, in alphabetical order. */
export type FindLabels = (document: DocumentNode) => readonly string[];

/**
 * Finds the labels of the fields that a document selects, and of those that the planner may add on the same types for
 * keys, `@requires` and contexts. Other labels must not multiply the plans of the document.
 */
export function createLabelFinder(
  labels: readonly OverrideLabel[],
  supergraph: GraphQLSchema,
  plannerFields: PlannerFields,
): FindLabels {
  if (labels.length === 0) return () => [];
  const nested = nestedTypes(supergraph, plannerFields);
  return memoizeWeak((document: DocumentNode) => {
    const { types, coordinates } = selectedIn(document, supergraph);
    const isMet = ({ fields }: OverrideLabel): boolean =>
      fields.some(
        ({ type, field }) =>
          coordinates.has(`${type}.${field}`) || (plannerFields.has(field) && (types.has(type) || nested.has(type))),
      );
    return labels.filter(isMet).map(({ name }) => name);
  });
}

/** The types that are selected on, and the fields on each, with those that a type has through interfaces. */
function selectedIn(document: DocumentNode, supergraph: GraphQLSchema) {
  const [types, coordinates] = [new Set<string>(), new Set<string>()];
  const info = new TypeInfo(supergraph);
  const Field = ({ name }: { name: { value: string } }): void => {
    for (const type of relatedTypes(supergraph, info.getParentType())) {
      types.add(type);
      coordinates.add(`${type}.${name.value}`);
    }
  };
  visit(document, visitWithTypeInfo(info, { Field }));
  return { types, coordinates };
}

/** The types whose objects may be selected on a type, with their interfaces, which may have fields of their own. */
function relatedTypes(supergraph: GraphQLSchema, type: GraphQLNamedType | null | undefined): string[] {
  const objects = isAbstractType(type) ? supergraph.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
  const interfaces = objects.flatMap((one) => one.getInterfaces());
  return [type, ...objects, ...interfaces].flatMap((one) => one?.name ?? []);
}

/** The types of the fields that the planner may add: it may select further fields on them. */
function nestedTypes(supergraph: GraphQLSchema, plannerFields: PlannerFields): ReadonlySet<string> {
  const types = Object.values(supergraph.getTypeMap()).filter((type) => isObjectType(type) || isInterfaceType(type));
  const added = types.flatMap((type) => Object.values(type.getFields()).filter(({ name }) => plannerFields.has(name)));
  return new Set(added.flatMap(({ type }) => relatedTypes(supergraph, getNamedType(type))));
}
