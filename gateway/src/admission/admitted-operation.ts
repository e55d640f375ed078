import type { OperationDefinitionNode } from 'graphql';
import type { Graph } from '../engine/graph.js';
import type { OperationRequest } from '../engine/operation-context.js';
import type { ActiveLabels, DeniedFields } from '../engine/operation-context.js';

/** One operation that passed all checks and is ready to run on its graph. */
export interface AdmittedOperation extends OperationRequest {
  graph: Graph;
  definition: OperationDefinitionNode;
  /** The text of the document, also if the request had only its hash. */
  text: string;
  deniedFields: DeniedFields;
  activeLabels: ActiveLabels;
  /** An upper bound of its cost with these variables, by `@cost` and `@listSize`. */
  cost: number;
}
