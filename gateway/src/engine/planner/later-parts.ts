import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { GraphQLError } from 'graphql';
import { completePart, type CompletedPart } from '../completion/complete-part.js';
import type { PendingPart } from '../completion/null-propagation.js';
import type { BlockOutcome, DeferredBlocks } from '../executor/deferred-blocks.js';
import { toGraphQLError } from '../executor/subgraph-errors.js';
import { hasPlace, isAboutLaterPart, isWithin, type PlacedPart, reportedErrors } from './part-errors.js';
import type { AnnouncedPart, LaterPart, LaterParts, LaterResult } from './started-operation.js';

export interface LaterPartsOptions {
  blocks: DeferredBlocks;
  variables: Readonly<Record<string, unknown>>;
  /** The labels of the client, by those of the expanded document. */
  labels: ReadonlyMap<string, string | undefined>;
  /** Restores the client's names in the paths of fetch errors. */
  restorePaths(errors: readonly GraphQLError[]): readonly GraphQLError[];
  /** Errors of early fetches about fields of later parts. */
  heldErrors: readonly GraphQLError[];
  /** The parts that follow the first result. */
  pending: readonly PendingPart[];
  /** Called once, when the last part was read or the client left. */
  onEnd(): void;
}

/** A part with a number of its own. */
type NumberedPart = PendingPart & Pick<AnnouncedPart, 'id'>;

/** Parts with the same label become available together. */
interface PartGroup {
  parts: readonly NumberedPart[];
  outcome: BlockOutcome;
}

const nothingFetched: BlockOutcome = { errors: [] };

/**
 * Delivers the parts of a response as their data arrives. A part is announced by the part that contains it, so it never
 * arrives before that one. Parts are completed when they are read: for a slow reader the data of the subgraphs is kept,
 * and nothing is written ahead.
 */
export class PartDelivery implements LaterParts {
  readonly announced: readonly AnnouncedPart[];
  readonly ended: Promise<boolean>;
  readonly #ready: PartGroup[] = [];
  /** Groups whose data has not arrived. */
  #waiting = 0;
  #lastId = 0;
  #heldErrors: readonly GraphQLError[];
  #hadErrors = false;
  #isEnded = false;
  #wake: (() => void) | undefined;
  #reportEnd: (hadErrors: boolean) => void = () => undefined;

  constructor(private readonly options: LaterPartsOptions) {
    this.ended = new Promise((resolve) => (this.#reportEnd = resolve));
    this.#heldErrors = options.heldErrors;
    this.announced = this.#announce(options.pending);
  }

  async next(): Promise<IteratorResult<LaterResult>> {
    while (this.#ready.length === 0 && this.#waiting > 0 && !this.#isEnded)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#isEnded || this.#ready.length === 0) return this.return();
    const announced: AnnouncedPart[] = [];
    const parts = this.#ready.splice(0).flatMap((group) => this.#completeGroup(group, announced));
    const hasNext = this.#waiting > 0 || this.#ready.length > 0;
    if (!hasNext) parts.push(...this.#withLeftErrors(parts.splice(-1)));
    this.#hadErrors ||= parts.some(({ errors }) => errors.length > 0);
    return { done: false, value: { parts, announced, hasNext } };
  }

  async return(): Promise<IteratorResult<LaterResult>> {
    if (!this.#isEnded) {
      this.#isEnded = true;
      this.options.onEnd();
      this.#reportEnd(this.#hadErrors);
      this.#wake?.();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #announce(pending: readonly PendingPart[]): AnnouncedPart[] {
    const groups = new Map<string, NumberedPart[]>();
    for (const part of pending) getOrCreate(groups, part.label, () => []).push({ ...part, id: String(this.#lastId++) });
    for (const [label, parts] of groups) this.#awaitData(parts, this.options.blocks.outcome(label));
    return [...groups.values()].flat().map((part) => this.#describe(part));
  }

  /** A part without fetches of its own is ready at once: its data came with the part that contains it. */
  #awaitData(parts: readonly NumberedPart[], data: Promise<BlockOutcome> | undefined): void {
    if (!data) return void this.#ready.push({ parts, outcome: nothingFetched });
    this.#waiting += 1;
    void data.then((outcome) => {
      this.#waiting -= 1;
      this.#ready.push({ parts, outcome });
      this.#wake?.();
    });
  }

  #completeGroup({ parts, outcome }: PartGroup, announced: AnnouncedPart[]): LaterPart[] {
    const errors = this.options.restorePaths(outcome.errors);
    // An error that belongs to no part in particular is reported once.
    const others = errors.filter((error) => !parts.some((part) => isWithin(error, part)));
    return parts.map((part, index) => {
      const completed = this.#complete(part, outcome.failure);
      announced.push(...this.#announce(completed.pending));
      const own = errors.filter((error) => isWithin(error, part));
      return this.#laterPart(part, completed, index === 0 ? [...own, ...others] : own);
    });
  }

  #complete(part: PendingPart, failure: GraphQLError | undefined): CompletedPart {
    try {
      if (failure) throw failure;
      return completePart(part, this.options.variables);
    } catch (error) {
      return { value: null, errors: [errorAt(part.path, toGraphQLError(error as Error))], denials: [], pending: [] };
    }
  }

  #laterPart(part: NumberedPart, completed: CompletedPart, errors: readonly GraphQLError[]): LaterPart {
    const fetchErrors = this.#takeErrors({ ...part, ...completed }, errors);
    const { value, denials } = completed;
    const reported = reportedErrors(fetchErrors, completed.errors, { ...part, value });
    return { ...this.#describe(part), from: part.from, value, errors: [...reported, ...denials] };
  }

  /** The errors of a part: its own, without those of parts within it, and those of earlier fetches. */
  #takeErrors(part: PlacedPart, own: readonly GraphQLError[]): GraphQLError[] {
    const early = this.#heldErrors.filter((error) => isWithin(error, part) && hasPlace(error, part));
    const later = own.filter((error) => isAboutLaterPart(error, part));
    this.#heldErrors = [...this.#heldErrors.filter((error) => !early.includes(error)), ...later];
    return [...early, ...own.filter((error) => !later.includes(error))];
  }

  /** Errors whose place is in no part are not lost. */
  #withLeftErrors(parts: LaterPart[]): LaterPart[] {
    return parts.map((part) => ({ ...part, errors: [...part.errors, ...this.#heldErrors] }));
  }

  #describe({ id, path, label }: NumberedPart): AnnouncedPart {
    return { id, path, label: this.options.labels.get(label) };
  }
}

function errorAt(
  path: readonly (string | number)[],
  { message, extensions, originalError }: GraphQLError,
): GraphQLError {
  return new GraphQLError(message, { path, extensions, originalError: originalError ?? null });
}
