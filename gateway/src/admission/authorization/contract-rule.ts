import { getOrCreate, memoizeWeak } from '@marquee/chassis/caching/memoize';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import { validateDocument } from '../../engine/planner/validate-document.js';
import { outsideContract } from '../refusals.js';
import { usesIntrospection } from './introspection-rule.js';

/** Restricts some callers to a contract, where the whole graph is served. */
export interface ContractRule {
  isRestricted(caller: Caller): boolean;
  /** Why a caller may not run a valid document: it selects something outside the contract of the caller. */
  violations(document: DocumentNode, caller: Caller): readonly GraphQLError[];
}

export interface ContractRuleOptions {
  /** The clients that are restricted. */
  clientIds: readonly string[];
  /** The current schema of the contract. */
  contract(): GraphQLSchema;
}

/**
 * Restricts partners to their contract where the whole graph is served: they may run documents that are valid against the
 * schema of the contract. They may not introspect here, since introspection would return the whole schema.
 */
export function restrictToContract({ clientIds, contract }: ContractRuleOptions): ContractRule {
  const restricted = new Set(clientIds);
  const resultsOf = memoizeWeak((_: GraphQLSchema) => new WeakMap<DocumentNode, boolean>());
  const isRestricted = (caller: Caller): boolean => caller.kind === 'machine' && restricted.has(caller.clientId);
  return {
    isRestricted,
    violations: (document, caller) => (isRestricted(caller) && !isInside(document) ? [outsideContract()] : []),
  };

  function isInside(document: DocumentNode): boolean {
    const schema = contract();
    return getOrCreate(
      resultsOf(schema),
      document,
      () => !usesIntrospection(document) && validateDocument(schema, document).length === 0,
    );
  }
}
