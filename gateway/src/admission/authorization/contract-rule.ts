import { forbidden } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import { validateDocument } from '../../engine/planner/validate-document.js';
import { usesIntrospection } from './introspection-rule.js';

/** What keeps a client of a contract from a document: that it leaves the contract. */
export type ContractRule = (document: DocumentNode, caller: Caller) => readonly GraphQLError[];

export interface ContractRuleOptions {
  /** Those who are confined. */
  clientIds: readonly string[];
  /** What they may see, as it is now. */
  contract(): GraphQLSchema;
}

/**
 * Keeps partners to their contract where the whole graph is served: what fits the contract they may ask for here as
 * well. The schema that they may read is served elsewhere.
 */
export function restrictToContract({ clientIds, contract }: ContractRuleOptions): ContractRule {
  const confined = new Set(clientIds);
  const fitting = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, boolean>>();
  return (document, caller) => {
    if (caller.kind !== 'machine' || !confined.has(caller.clientId) || fits(document)) return [];
    return [forbidden('This client may ask for what partners see: /partner/graphql tells what that is.')];
  };

  function fits(document: DocumentNode): boolean {
    const schema = contract();
    const known = fitting.get(schema) ?? new WeakMap<DocumentNode, boolean>();
    fitting.set(schema, known);
    const found =
      known.get(document) ?? (!usesIntrospection(document) && validateDocument(schema, document).length === 0);
    known.set(document, found);
    return found;
  }
}
