import { deferName } from '@marquee/chassis/graphql/incremental-schema';
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { DeniedFields } from '../operation-context.js';
import { fragmentsOf, operationNamed } from '../document-definitions.js';
import { flattenMutations } from './flatten-mutations.js';
import { markLiterals } from './marked-numbers.js';
import { evaluateConditions, isCondition, pruneFields } from './prune-fields.js';

/**
 * The document that is planned for a client's document. The response is built from the client's document, so fields that
 * are added here are not in it, and fields that are removed here are completed without a subgraph.
 *
 * - Denied fields are removed, for nothing is fetched for them.
 * - Introspection fields are removed: the gateway answers them itself, and the planner knows an older introspection
 *   schema, without `isOneOf`.
 * - Selections that a literal `@skip` or `@include` excludes are removed, for the planner may drop others with them.
 * - Where all selections of a field may be excluded, by `@skip`, `@include` or a type condition, or are deferred,
 *   `__typename` is added.
 *   The planner drops a field with nothing left below it, and with it a mutation that has to run.
 * - Mutations in fragments are selected without the fragments, for the planner would run them too late.
 * - Large numbers are marked, which the planner would round.
 */
export function toPlannerDocument(schema: GraphQLSchema, document: DocumentNode, denied: DeniedFields): DocumentNode {
  const pruned = pruneFields(document, (field) => denied.has(field) || introspectionFields.has(field.name.value));
  const evaluated = evaluateConditions(pruned, literalValue);
  return markLiterals(schema, keepConditionalFields(schema, flattenMutations(evaluated)));
}

function literalValue({ arguments: [condition] = [] }: DirectiveNode): boolean | undefined {
  return condition?.value.kind === Kind.BOOLEAN ? condition.value.value : undefined;
}

const introspectionFields: ReadonlySet<string> = new Set(['__schema', '__type']);

/** Whether an operation selects something that subgraphs resolve, whatever its variables. */
export function requiresFetch(document: DocumentNode, operationName: string | undefined): boolean {
  const fragments = fragmentsOf(document);
  const operation = operationNamed(document, operationName);
  const searched = new Set<string>();
  const requires = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (isConditional(selection) || wasSearched(selection, searched)) return false;
      if (selection.kind === Kind.FIELD) return !selection.name.value.startsWith('__');
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      return fragment !== undefined && requires(fragment.selectionSet);
    });
  return operation !== undefined && requires(operation.selectionSet);
}

function keepConditionalFields(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const fragments = fragmentsOf(document);
  const types = new TypeInfo(schema);
  const enter = (node: FieldNode): FieldNode | undefined => {
    const { selectionSet } = node;
    const type = getNamedType(types.getType());
    if (
      !selectionSet ||
      !isCompositeType(type) ||
      hasCertainField({ schema, fragments, searched: new Set() }, selectionSet, type)
    )
      return undefined;
    return { ...node, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, typename] } };
  };
  return visit(document, visitWithTypeInfo(types, { Field: { enter } }));
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

interface Definitions {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The fragments that were searched. */
  searched: Set<string>;
}

/** Whether a selection spreads a fragment that was searched: fragments that spread others twice would take for ever. */
function wasSearched(selection: SelectionNode, searched: Set<string>): boolean {
  if (selection.kind !== Kind.FRAGMENT_SPREAD) return false;
  const name = selection.name.value;
  if (searched.has(name)) return true;
  searched.add(name);
  return false;
}

/** Whether some field is selected on every object of a type, whatever the variables. */
function hasCertainField(
  definitions: Definitions,
  { selections }: SelectionSetNode,
  type: GraphQLCompositeType,
): boolean {
  return selections.some((selection) => {
    if (isConditional(selection) || wasSearched(selection, definitions.searched)) return false;
    if (selection.kind === Kind.FIELD) return true;
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? definitions.fragments.get(selection.name.value) : selection;
    if (!fragment) return false;
    const { typeCondition } = fragment;
    const condition = typeCondition ? definitions.schema.getType(typeCondition.name.value) : type;
    if (!isCompositeType(condition) || !isSubtype(definitions.schema, type, condition)) return false;
    return hasCertainField(definitions, fragment.selectionSet, type);
  });
}

function isConditional({ directives = [] }: SelectionNode): boolean {
  return directives.some((directive) => isCondition(directive) || directive.name.value === deferName);
}

function isSubtype(schema: GraphQLSchema, type: GraphQLCompositeType, other: GraphQLCompositeType): boolean {
  if (other === type) return true;
  return isAbstractType(other) && !isUnionType(type) && schema.isSubType(other, type);
}
