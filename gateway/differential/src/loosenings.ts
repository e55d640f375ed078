/** A difference between two results that a comparison accepts. */
interface Loosening {
  /** What may differ, and from which reference. */
  accepts: string;
  /** Why the engine is right all the same. */
  because: string;
}

/**
 * All differences that a comparison accepts. Each is counted when it decides a comparison: the results differ, and would
 * agree without the difference. Everything else that differs fails.
 */
export const loosenings = {
  fieldOrderOfStock: {
    accepts: 'another order of fields than that of the stock executor',
    because:
      'The stock executor completes one fragment after the other; the specification merges them first. The monolith judges the order.',
  },
  wrongStockData: {
    accepts: 'other results than those of the stock executor for an operation for which it is wrong without failures',
    because:
      'Without failures it does not return the data of the monolith: it loses fields of an object in a fragment on its union, for instance.',
  },
  stockAborted: {
    accepts: 'a result where the stock executor returns none',
    because: 'A subgraph sent a value of the wrong shape, on which an assertion of the stock executor fails.',
  },
  stockCannotRunContexts: {
    accepts: 'anything that only the stock executor could judge, on a supergraph with @fromContext',
    because:
      'The stock executor does not support @fromContext. The monolith and the failure rules judge the operation.',
  },
  errorsBelowNull: {
    accepts: 'errors for invalid values that only one executor reports, below a null for which both report an error',
    because:
      'When an invalid value nulls its parents, the other errors below them depend on the order of completion: the stock executor completes one fragment after the other.',
  },
  errorOncePerRequest: {
    accepts: 'an error without a path once where the stock executor reports it twice',
    because: 'It belongs to a request, and the engine sends two entity fetches to one subgraph in one request.',
  },
  entityMiscountedByStock: {
    accepts:
      'errors at other list indices than those of the stock executor, at nulls or at entities that were not all sent',
    because:
      'The stock executor miscounts entities when some of a list cannot be requested: it reports an error of the third as one of the second.',
  },
  nameInMessageOfStock: {
    accepts: 'another type or service name in the message of an error than in that of the stock executor',
    because:
      'Inside a fragment the stock executor names the type of the fragment in place of that of the object, and the event of a subscription comes from a stand-in service.',
  },
  mergedFetches: {
    accepts: 'other requests than those of the stock executor if they fetch the same set of entities and root fields',
    because:
      'The engine sends the entity fetches for one subgraph in one request, and equal representations once, also for two fetches of the same fields. The plan limits how often each is sent.',
  },
  errorOncePerNull: {
    accepts: 'only one of the errors that the monolith reports below one null',
    because:
      'A subgraph stops at the first error that nulls the parent, and which is first depends on how the plan splits the fields. The specification demands one.',
  },
  errorOfEachFetch: {
    accepts: 'an error twice',
    because: 'The plan fetches the field from two subgraphs, and it fails in both.',
  },
  invalidValueReported: {
    accepts: 'errors for values that contradict the schema which the stock executor does not report',
    because:
      'It reports them only if no subgraph reports an error. The specification demands an error for each null, so the engine reports those that no other error explains.',
  },
  messageOfInvalidValue: {
    accepts: 'another message for a value that contradicts the API schema than that of the monolith',
    because: 'The messages of graphql-js are not part of the specification. Path and code are compared.',
  },
  tooManyConditions: {
    accepts:
      'the refusal of an operation with more conditions on dependent fields or repeated mutations than the engine plans',
    because: 'Each variable doubles the number of plans, so the engine refuses more than four with BAD_USER_INPUT.',
  },
  errorOfHiddenType: {
    accepts: 'errors of fields of an object that clients cannot see, in addition to the error of the object itself',
    because: 'Its type is inaccessible, which the gateway notices in the response; the subgraph resolves its fields.',
  },
  errorBesideResponse: {
    accepts: 'an error of a field that is not part of the response, at an object that is',
    because:
      'The planner requests fields of an @interfaceObject for objects of all types, also where a fragment selects them for one.',
  },
  failedInterfaceObject: {
    accepts: 'nulls and missing fields that an error of another field explains, on a supergraph with @interfaceObject',
    because:
      'The planner requests fields for objects of all types, and the error of one that is not selected may null the others of its request. When the type of an object is not fetched, its fragments do not apply.',
  },
  contextOfFailedField: {
    accepts: 'other values of fields with @fromContext in a trial with failures',
    because: 'When the value of the context fails, the argument is null.',
  },
  mutationBeforeNestedError: {
    accepts: 'a mutation after one with an error, with onError HALT, if the error is of a field below the mutation',
    because:
      'A plan may send several mutations to a subgraph before it requests fields of their results from others, as in every federated gateway.',
  },
  resentAlone: {
    accepts: 'representations that are sent twice in a trial in which a request fails',
    because: 'When a request for several entity fetches returns no data, each of them is sent again alone.',
  },
  silentNulls: {
    accepts: 'nulls without an error in a trial in which subgraphs sent nulls for entities and nullable fields',
    because:
      'A subgraph need not report why a nullable value is null. Trials without such nulls have no such allowance.',
  },
} as const satisfies Record<string, Loosening>;

export type LooseningName = keyof typeof loosenings;

/** Records that a loosening decided a comparison. */
export type Loosen = (name: LooseningName) => void;

/** Compares strictly first, so that a loosening is recorded only where it decides. */
export function equalOr(
  loosen: Loosen,
  name: LooseningName,
  isEqual: boolean,
  isEqualWithoutIt: () => boolean,
): boolean {
  if (isEqual) return true;
  if (!isEqualWithoutIt()) return false;
  loosen(name);
  return true;
}
