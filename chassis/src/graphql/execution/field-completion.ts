import { isNonNullType } from 'graphql';
import { fieldBytes } from '../answer-limit.js';
import { type Complete, forget } from './complete-values.js';
import { handleError } from './field-errors.js';
import { type FieldPlace, isPromise, type OperationRun, type Path } from './operation-run.js';

/** The path of a value that needs none. */
const noPath: Path = { prev: undefined, key: '', typename: undefined };

/** Completes the values of one field, under the limit of the response, and handles its errors. */
export class FieldCompletion {
  readonly #bytes: number | undefined;
  readonly #isNullable: boolean;

  constructor(
    private readonly place: FieldPlace,
    private readonly complete: Complete,
  ) {
    this.#bytes = fieldBytes(place.field);
    this.#isNullable = !isNonNullType(place.field.type);
  }

  pathBelow(prev: Path | undefined): Path {
    return { prev, key: this.place.name, typename: this.place.parent.name };
  }

  /** Completes a value or a promise of one. @throws the located error of a field that is not nullable */
  settle(run: OperationRun, value: unknown, path: Path): unknown {
    if (!isPromise(value)) return this.#settled(run, value, path);
    return value.then(
      (settled) => this.#settled(run, settled, path),
      (error) => this.fail(run, error, path),
    );
  }

  /** Completes a scalar. @throws its error as it is */
  completeLeaf(run: OperationRun, value: unknown): unknown {
    return this.#complete(run, value, noPath);
  }

  /** Handles an error of the field. @throws the located error if the field is not nullable */
  fail(run: OperationRun, error: unknown, path: Path): null {
    return handleError(run, { error, nodes: this.place.nodes, path, isNullable: this.#isNullable });
  }

  #settled(run: OperationRun, value: unknown, path: Path): unknown {
    try {
      const completed = this.#complete(run, value, path);
      return isPromise(completed) ? completed.then(undefined, (error) => this.fail(run, error, path)) : completed;
    } catch (error) {
      return this.fail(run, error, path);
    }
  }

  #complete(run: OperationRun, value: unknown, path: Path): unknown {
    if (run.meter && this.#bytes !== undefined) addToResponse(run.meter, this.#bytes, value);
    return this.complete(run, value, path);
  }
}

/** @throws when the response exceeds its limit */
function addToResponse(meter: NonNullable<OperationRun['meter']>, bytes: number, value: unknown): void {
  try {
    meter.addField(bytes, value);
  } catch (error) {
    forget(value);
    throw error;
  }
}
