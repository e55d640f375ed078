import {
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLSchema,
  Kind,
  type NameNode,
  type VariableDefinitionNode,
} from 'graphql';
import type { Dice } from './dice.js';

/** An operation that is being written. */
export interface Draft {
  schema: GraphQLSchema;
  dice: Dice;
  variables: DraftVariable[];
  /** The values of variables; those that are omitted are not in it. */
  values: Record<string, unknown>;
  /** What each name in the response stands for, so that it stands for the same everywhere. */
  names: Map<string, string>;
  /** Lets names stand for several things; what is written so need not be valid. */
  daring: boolean;
  fragments: FragmentDefinitionNode[];
  /** How many fields may still be written. */
  budget: number;
}

export interface DraftVariable {
  definition: VariableDefinitionNode;
  /** Of the place that it was written for. */
  type: GraphQLInputType;
  /** Whether it may have no value, which only a place with a default allows. */
  maybeMissing: boolean;
}

export function emptyDraft(schema: GraphQLSchema, dice: Dice, daring: boolean): Draft {
  const budget = 1 + dice.below(dice.chance(10) ? 20 : 9);
  return { schema, dice, daring, budget, variables: [], values: {}, names: new Map(), fragments: [] };
}

export function nameNode(value: string): NameNode {
  return { kind: Kind.NAME, value };
}
