import { Arbitrary, type Random, Stream, Value } from 'fast-check';
import { type DocumentNode, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { type FailureLevel, failureLevels } from './injected-failures.js';
import { createDice, type Dice } from './operations/dice.js';
import { type GeneratedOperation, generateOperation } from './operations/generate-operation.js';
import { smallerOperations } from './operations/smaller-operations.js';
import { variablesFor } from './operations/variables.js';
import type { Trial } from './trial.js';

/** Draws trials on a schema. Shrinks them by removing failures and parts of the operation. */
export class ArbitraryTrial extends Arbitrary<Trial> {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly operation: (dice: Dice) => GeneratedOperation,
  ) {
    super();
  }

  generate(random: Random): Value<Trial> {
    const dice = createDice(random);
    const trial = { ...this.operation(dice), world: dice.below(1_000_000), failures: drawFailureLevel(dice) };
    return new Value(trial, undefined);
  }

  canShrinkWithoutContext(_: unknown): _ is Trial {
    return true;
  }

  shrink(trial: Trial): Stream<Value<Trial>> {
    return new Stream(this.#smaller(trial));
  }

  *#smaller(trial: Trial): Generator<Value<Trial>> {
    for (const failures of failureLevels.slice(0, failureLevels.indexOf(trial.failures)))
      yield new Value({ ...trial, failures }, undefined);
    for (const operation of smallerOperations(this.schema, trial)) {
      yield new Value({ ...trial, ...operation }, undefined);
    }
  }
}

/** Generates operations of every type that the schema has; queries twice as often as the others. */
export function generateOperations(schema: GraphQLSchema): (dice: Dice) => GeneratedOperation {
  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
  const others = [MUTATION, SUBSCRIPTION].filter((type) => schema.getRootType(type));
  return (dice) => generateOperation(schema, dice, dice.pick([QUERY, QUERY, ...others]));
}

/** Percentage of the operations that are from the corpus. */
const corpusShare = 20;

/** Generates operations, or takes them from a corpus. */
export function drawOperations(
  schema: GraphQLSchema,
  corpus: readonly DocumentNode[],
): (dice: Dice) => GeneratedOperation {
  const generate = generateOperations(schema);
  return (dice) => {
    if (corpus.length === 0 || !dice.chance(corpusShare)) return generate(dice);
    const document = dice.pick(corpus);
    return { document, variables: variablesFor(schema, document, dice) };
  };
}

/** Takes documents one after the other, with random values for their variables. */
export function cycleDocuments(
  schema: GraphQLSchema,
  documents: readonly DocumentNode[],
): (dice: Dice) => GeneratedOperation {
  let next = 0;
  return (dice) => {
    const document = documents[next++ % documents.length] as DocumentNode;
    return { document, variables: variablesFor(schema, document, dice) };
  };
}

function drawFailureLevel(dice: Dice): FailureLevel {
  const drawn = dice.below(100);
  const found = shares.find(([limit]) => drawn < limit);
  return found ? found[1] : 'malformed';
}

/** The percentage of trials up to and including each level. */
const shares: readonly (readonly [limit: number, level: FailureLevel])[] = [
  [25, 'none'],
  [50, 'fields'],
  [65, 'errors'],
  [78, 'valid'],
  [94, 'invalid'],
];
