import { Arbitrary, type Random, Stream, Value } from 'fast-check';
import type { GraphQLSchema, OperationTypeNode } from 'graphql';
import { type FaultLevel, faultLevels } from './faults.js';
import { createDice, type Dice } from './operations/dice.js';
import { generateOperation } from './operations/operation.js';
import { smallerOperations } from './operations/smaller.js';
import type { Trial } from './trial.js';

/** Draws trials of a schema; shrinks them by leaving out parts of the operation, and what goes wrong. */
export class Trials extends Arbitrary<Trial> {
  /** @param kinds of operation, each with how often it comes */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly kinds: readonly OperationTypeNode[],
  ) {
    super();
  }

  generate(random: Random): Value<Trial> {
    const dice = createDice(random);
    const operation = generateOperation(this.schema, dice, dice.pick(this.kinds));
    return new Value({ ...operation, world: dice.below(1_000_000), faults: faultsOf(dice) }, undefined);
  }

  canShrinkWithoutContext(_: unknown): _ is Trial {
    return true;
  }

  shrink(trial: Trial): Stream<Value<Trial>> {
    return new Stream(this.#smaller(trial));
  }

  *#smaller(trial: Trial): Generator<Value<Trial>> {
    for (const faults of faultLevels.slice(0, faultLevels.indexOf(trial.faults))) yield new Value({ ...trial, faults }, undefined);
    for (const operation of smallerOperations(this.schema, trial)) {
      yield new Value({ ...trial, ...operation }, undefined);
    }
  }
}

/** Half of the trials know no faults. */
function faultsOf(dice: Dice): FaultLevel {
  const drawn = dice.below(100);
  if (drawn < 45) return 'none';
  if (drawn < 75) return 'told';
  return drawn < 95 ? 'broken' : 'absurd';
}
