import { Arbitrary, type Random, Stream, Value } from 'fast-check';
import { type DocumentNode, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { type FaultLevel, faultLevels } from './faults.js';
import { createDice, type Dice } from './operations/dice.js';
import { type GeneratedOperation, generateOperation } from './operations/operation.js';
import { smallerOperations } from './operations/smaller.js';
import { variablesFor } from './operations/variables.js';
import type { Trial } from './trial.js';

/** Draws trials of a schema; shrinks them by leaving out parts of the operation, and what goes wrong. */
export class Trials extends Arbitrary<Trial> {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly operation: (dice: Dice) => GeneratedOperation,
  ) {
    super();
  }

  generate(random: Random): Value<Trial> {
    const dice = createDice(random);
    return new Value({ ...this.operation(dice), world: dice.below(1_000_000), faults: faultsOf(dice) }, undefined);
  }

  canShrinkWithoutContext(_: unknown): _ is Trial {
    return true;
  }

  shrink(trial: Trial): Stream<Value<Trial>> {
    return new Stream(this.#smaller(trial));
  }

  *#smaller(trial: Trial): Generator<Value<Trial>> {
    for (const faults of faultLevels.slice(0, faultLevels.indexOf(trial.faults)))
      yield new Value({ ...trial, faults }, undefined);
    for (const operation of smallerOperations(this.schema, trial)) {
      yield new Value({ ...trial, ...operation }, undefined);
    }
  }
}

/** Writes operations of every kind that the schema has: mostly queries, and of the others each as often. */
export function generated(schema: GraphQLSchema): (dice: Dice) => GeneratedOperation {
  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
  const others = [MUTATION, SUBSCRIPTION].filter((kind) => schema.getRootType(kind));
  return (dice) => generateOperation(schema, dice, dice.pick([QUERY, QUERY, ...others]));
}

/** Takes the documents in turn, each with values for its variables. */
export function taken(schema: GraphQLSchema, documents: readonly DocumentNode[]): (dice: Dice) => GeneratedOperation {
  let next = 0;
  return (dice) => {
    const document = documents[next++ % documents.length] as DocumentNode;
    return { document, variables: variablesFor(schema, document, dice) };
  };
}

/** Half of the trials know no faults. */
function faultsOf(dice: Dice): FaultLevel {
  const drawn = dice.below(100);
  if (drawn < 45) return 'none';
  if (drawn < 75) return 'told';
  return drawn < 95 ? 'broken' : 'absurd';
}
