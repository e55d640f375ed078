import type { QueryPlan } from '@apollo/query-planner';
import { withoutSuggestion } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import type { GatewaySettings } from '../config.js';
import type { IsPersonal } from '../engine/caching/cache-hints.js';
import type { AdmittedOperation } from './admitted-operation.js';
import type { ContractRule } from './authorization/contract-rule.js';
import { createFieldAuthorizer, type FieldAuthorizer } from './authorization/field-authorizer.js';
import { introspectionErrors } from './authorization/introspection-rule.js';
import { personalFields } from './authorization/personal-fields.js';
import { createDocumentLoader, type DocumentLoader, type LoadedDocument } from './documents/document-loader.js';
import { createPersistedDocuments, type PersistedDocuments } from './documents/persisted-documents.js';
import { createTrustedDocuments } from './documents/trusted-documents.js';
import type { Manifest } from './documents/trusted-manifest.js';
import { createCostRule } from './limits/cost-rule.js';
import { countFetches } from './limits/plan-fetches.js';
import { createActiveLabels, type FindActiveLabels } from './overrides/active-labels.js';
import { readOverrideRules } from './overrides/override-rule.js';
import { countRefusal, fetchLimitExceeded, outsideContract } from './refusals.js';

/** The rules that admission applies. The engine needs some of them itself. */
export interface OperationRules {
  persisted: PersistedDocuments;
  /** Parses, measures and validates a document; synchronous for one that is loaded already. */
  loadDocument: DocumentLoader;
  /** Removes suggestions from the errors of a document or its variables where callers may not see the schema. */
  disclose(errors: readonly GraphQLError[]): readonly GraphQLError[];
  /** Why a caller may not run a document. A partner learns nothing about elements outside its contract from it. */
  errorsFor(caller: Caller, loaded: LoadedDocument): readonly GraphQLError[];
  /** Why the operation may not run: it introspects the schema or costs too much. */
  violations(operation: AdmittedOperation): readonly GraphQLError[];
  deniedFields: FieldAuthorizer;
  activeLabels: FindActiveLabels;
  /** Why a plan may not run. */
  validatePlan(plan: QueryPlan, supergraph: GraphQLSchema): readonly GraphQLError[];
  /** The fields that not every caller may have. Caches keep them for one caller only. */
  isPersonal(supergraph: GraphQLSchema): IsPersonal;
  /** The size in bytes at which a response is cut. */
  maxResponseBytes: number;
  /** The SHA-256 of a loaded document that is in the manifest of trusted documents. */
  trustedHash(document: DocumentNode): string | undefined;
}

export interface OperationRulesOptions {
  settings: GatewaySettings;
  manifest: Manifest;
  /** Restricts some callers to a contract. */
  contract?: ContractRule | undefined;
}

export function createOperationRules({ settings, manifest, contract }: OperationRulesOptions): OperationRules {
  const canAllIntrospect = settings.NODE_ENV !== 'production';
  const trusted = createTrustedDocuments(manifest);
  const costErrors = createCostRule(settings);
  const disclose: OperationRules['disclose'] = (errors) => (canAllIntrospect ? errors : errors.map(hideSuggestion));
  return {
    disclose,
    persisted: createPersistedDocuments(settings, manifest),
    loadDocument: createDocumentLoader(settings, { onValid: trusted.add, disclose }),
    errorsFor: contract ? errorsWithin(contract) : (_, { errors }) => errors,
    violations(operation) {
      const { document, context } = operation;
      const hidden = canAllIntrospect ? [] : introspectionErrors(document, context.caller);
      return hidden.length > 0 ? hidden : costErrors(operation);
    },
    deniedFields: createFieldAuthorizer(),
    activeLabels: createActiveLabels(readOverrideRules(settings.OVERRIDE_LABELS)),
    validatePlan(plan, supergraph) {
      const [limit, fetches] = [settings.GUARD_FETCHES, countFetches(plan, supergraph)];
      if (fetches <= limit) return [];
      const errors = [fetchLimitExceeded(limit, fetches)];
      countRefusal(errors);
      return errors;
    },
    isPersonal: personalFields,
    maxResponseBytes: settings.RESPONSE_LIMIT_BYTES,
    trustedHash: trusted.hash,
  };
}

/** The errors of an invalid document would differ from those of one that only leaves the contract. */
function errorsWithin(contract: ContractRule): OperationRules['errorsFor'] {
  return (caller, { document, errors, dependsOnSchema }) => {
    if (errors.length === 0) return contract.violations(document, caller);
    return dependsOnSchema && contract.isRestricted(caller) ? [outsideContract()] : errors;
  };
}

function hideSuggestion(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, extensions } = error;
  const hidden = withoutSuggestion(message);
  return hidden === message
    ? error
    : new GraphQLError(hidden, {
        nodes: nodes ?? null,
        source: source ?? null,
        positions: positions ?? null,
        extensions,
      });
}
