import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { getFieldDef } from 'graphql/execution/execute.js';
import { compileField } from './compile-field.js';
import type { FieldPlans } from './execute-fields.js';
import type { OperationSource } from './operation-run.js';

/** The grouped fields of a selection set, as graphql-js collects them. */
type CollectedFields = ReturnType<typeof collectFields>;

/** Compiles the selection sets of one operation, for one choice of the variables in its `@skip` and `@include`. */
export class Compilation {
  constructor(
    private readonly source: OperationSource,
    private readonly conditions: Record<string, unknown>,
  ) {}

  get schema(): GraphQLSchema {
    return this.source.schema;
  }

  /** The fields of the operation itself. */
  rootFields(): FieldPlans {
    const { schema, rootType, fragments, operation } = this.source;
    return this.#compile(rootType, collectFields(schema, fragments, this.conditions, rootType, operation.selectionSet));
  }

  /** The fields that are selected below a field, for objects of one type. */
  fieldsOf(type: GraphQLObjectType, nodes: readonly FieldNode[]): FieldPlans {
    const { schema, fragments } = this.source;
    return this.#compile(type, collectSubfields(schema, fragments, this.conditions, type, nodes));
  }

  #compile(parent: GraphQLObjectType, collected: CollectedFields): FieldPlans {
    return [...collected].flatMap(([name, nodes]) => {
      const [first, ...more] = nodes as [FieldNode, ...FieldNode[]];
      const field = getFieldDef(this.schema, parent, first);
      if (!field) return [];
      return { name, execute: compileField(this, { name, parent, field, nodes: [first, ...more] }) };
    });
  }
}

/**
 * Finds an operation that is executed once. Undefined for a subscription, for a kind of operation that the schema does not
 * have, and without exactly one operation of this name.
 */
export function operationSource(
  schema: GraphQLSchema,
  { definitions }: DocumentNode,
  operationName: string | null | undefined,
): OperationSource | undefined {
  const isNamed = ({ name }: OperationDefinitionNode) =>
    operationName === null || operationName === undefined || name?.value === operationName;
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION).filter(isNamed);
  const [operation] = operations;
  if (!operation || operations.length > 1 || operation.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) return undefined;
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return { schema, rootType, operation, fragments: Object.fromEntries(fragments.map((one) => [one.name.value, one])) };
}
