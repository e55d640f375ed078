import { setImmediate as nextMacrotask } from 'node:timers/promises';
import type { Fetcher, SubgraphRequest } from '@marquee/gateway/engine/fetcher';
import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import {
  type DirectiveNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import { fragmentsOf } from '@marquee/gateway/engine/document-definitions';
import { type FetchDocument, parseFetch } from './fetch-document.js';
import type { Subgraphs } from './trial.js';

/** The result of an execution and its requests, in the form in which they are compared. */
export interface Outcome {
  data: unknown;
  errors: ComparedError[];
  /** In the order in which they were sent. */
  requests: SentRequest[];
  /** The root fields of mutations in the order in which they were sent; `concurrent` for one that did not wait. */
  mutations: string[];
  /** The error that the executor threw, if it returned no result. */
  thrown?: string;
}

export interface ComparedError {
  message: string;
  path: readonly (string | number)[] | undefined;
  extensions: Readonly<Record<string, unknown>>;
}

/** A request that an executor sent. */
export interface SentRequest extends Omit<SubgraphRequest, 'body'> {
  subgraph: string;
  variables: Record<string, unknown>;
  /** The rest of the body. */
  sent: Record<string, unknown>;
}

/** Runs an executor and records its requests. */
export async function runOutcome(
  subgraphs: Subgraphs,
  execute: (fetcher: Fetcher) => Promise<OperationResult>,
): Promise<Outcome> {
  const requests: SentRequest[] = [];
  const mutations: string[] = [];
  const fetcher = recordingFetcher(subgraphs, requests, mutations);
  try {
    const { data, errors = [] } = await execute(fetcher);
    return { data, errors: errors.map(comparedError), requests, mutations };
  } catch (error) {
    return { data: undefined, errors: [], requests, mutations, thrown: String(error) };
  }
}

export function comparedError({ message, path, extensions }: Partial<GraphQLError>): ComparedError {
  return { message: message ?? '', path, extensions: { ...extensions } };
}

function recordingFetcher(subgraphs: Subgraphs, requests: SentRequest[], mutations: string[]): Fetcher {
  let mutationsInFlight = 0;
  return {
    async fetch(subgraph, { body, ...request }) {
      const { variables, ...sent } = JSON.parse(body) as Pick<SentRequest, 'variables'> & SentRequest['sent'];
      const { query, kind } = request;
      const fetchRequest = { query, variables, onError: sent['onError'] };
      requests.push({ subgraph, ...request, variables, sent });
      if (kind !== 'mutation') return subgraphs.request(subgraph, fetchRequest);
      if (mutationsInFlight > 0) mutations.push('concurrent');
      mutations.push(...executedFields(parseFetch(query), variables));
      mutationsInFlight += 1;
      await nextMacrotask();
      mutationsInFlight -= 1;
      return subgraphs.request(subgraph, fetchRequest);
    },
  };
}

/** The response names of the root fields that no condition excludes. */
function executedFields({ document, operation }: FetchDocument, variables: Record<string, unknown>): string[] {
  const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  );
  // Selections of one response name are one field.
  return [
    ...new Set(
      includedFields(fragmentsOf(document), operation.selectionSet, { ...Object.fromEntries(defaults), ...variables }),
    ),
  ];
}

function includedFields(
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  { selections }: SelectionSetNode,
  variables: Record<string, unknown>,
): string[] {
  return selections.flatMap((selection) => {
    if (selection.directives?.some((directive) => excludes(directive, variables))) return [];
    if (selection.kind === Kind.FIELD)
      return selection.name.value === '__typename' ? [] : [(selection.alias ?? selection.name).value];
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    return fragment ? includedFields(fragments, fragment.selectionSet, variables) : [];
  });
}

function excludes({ name, arguments: [condition] = [] }: DirectiveNode, variables: Record<string, unknown>): boolean {
  if (!condition || !['skip', 'include'].includes(name.value)) return false;
  return valueFromASTUntyped(condition.value, variables) === (name.value === 'skip');
}
