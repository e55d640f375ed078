import {
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLSchema,
  Kind,
  type NameNode,
  type VariableDefinitionNode,
} from 'graphql';
import type { Dice } from './dice.js';

/** An operation that is being generated. */
export interface Draft {
  schema: GraphQLSchema;
  dice: Dice;
  variables: DraftVariable[];
  /** Values of variables, without those that are omitted. */
  values: Record<string, unknown>;
  /** The meaning of each response name: field, arguments and type. A name keeps its meaning in the whole operation. */
  names: Map<string, string>;
  /** Whether response names may have several meanings. The operation may then be invalid. */
  allowsConflicts: boolean;
  fragments: FragmentDefinitionNode[];
  /** Maximum of further fields. */
  budget: number;
}

export interface DraftVariable {
  definition: VariableDefinitionNode;
  /** The type of the position that it was declared for. */
  type: GraphQLInputType;
  /** Whether it may have no value, which only positions with a default value allow. */
  maybeMissing: boolean;
}

export function emptyDraft(schema: GraphQLSchema, dice: Dice, allowsConflicts: boolean): Draft {
  const budget = 1 + dice.below(dice.chance(10) ? 20 : 9);
  return { schema, dice, allowsConflicts, budget, variables: [], values: {}, names: new Map(), fragments: [] };
}

export function nameNode(value: string): NameNode {
  return { kind: Kind.NAME, value };
}
