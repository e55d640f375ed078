import type { Caller } from '@marquee/chassis/identity/caller';
import type { Cancellation, RequestScope } from '@marquee/chassis/telemetry/request-scope';
import type { DocumentNode, FieldNode } from 'graphql';
import type { WorkOrigin } from './fair-queue.js';
import type { OperationTrace } from './operation-trace.js';
import type { WorkMeter } from './work-meter.js';

/** One execution of an operation, as a client requests it. */
export interface OperationRequest {
  document: DocumentNode;
  operationName: string | undefined;
  variables: Record<string, unknown>;
  context: OperationContext;
  /** The fields of the document that are denied to the caller. */
  deniedFields?: DeniedFields;
  onError?: ErrorBehavior | undefined;
  /** The labels of progressive overrides that are active for the caller, of those that the document meets. */
  activeLabels?: ActiveLabels;
}

/**
 * The effect of an error on the response, other than the default, which sets the nearest nullable parent to null.
 * - `NULL`: only the field with the error is null, also if its type is non-null.
 * - `HALT`: the execution ends. The result has this error only, and no data.
 */
export type ErrorBehavior = 'NULL' | 'HALT';

/** In alphabetical order. */
export type ActiveLabels = readonly string[];

/** The circumstances of one execution. */
export interface OperationContext {
  caller: Caller;
  /** The HTTP request, if there is one, and the span that becomes the parent of the fetches' spans. */
  scope?: OperationScope | undefined;
  /** Fires when the client no longer waits for the result. Absent if the execution cannot be cancelled. */
  cancellation?: Cancellation | undefined;
  /** Where the operation comes from; absent for the gateway's own. An operation that is new is planned in fair turns. */
  origin?: WorkOrigin | undefined;
  /** The client's WebSocket, for mutations whose effect ends when it closes. */
  connection?: MutationConnection | undefined;
  /** Adds up the work that services report; absent if it is not charged. */
  work?: WorkMeter | undefined;
  /** Records the requests to services; absent unless the client asks for a trace, which production does not offer. */
  trace?: OperationTrace | undefined;
}

export interface MutationConnection {
  id: string;
  /** The mutations whose services receive the id. */
  fields: readonly string[];
}

export type OperationScope = Partial<RequestScope> & Pick<RequestScope, 'context'>;

/** Why a field is denied to a caller. */
export interface Denial {
  code: DenialCode;
  message: string;
  /** What would be enough, each one alone: `user`, `role:ADMIN`, `scope:shows.read`, or several names joined by `and`. */
  requires: readonly string[];
}

export type DenialCode = 'UNAUTHENTICATED' | 'FORBIDDEN';

/** The fields of a document that are denied to a caller. */
export type DeniedFields = ReadonlyMap<FieldNode, Denial>;
