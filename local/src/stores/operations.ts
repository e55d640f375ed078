import { loadOperation, type Store, validations } from './dynalite.js';

/** The body of a request or a response. */
export type Body = Record<string, unknown>;

/** One operation of dynalite: validation and action. */
export interface Operation {
  /** Returns the input of `run` without unknown attributes. @throws DynamodbError */
  validate(store: Store, input: object): Body;
  /** @throws DynamodbError */
  run(store: Store, checked: Body): Promise<Body>;
}

/** The operations of dynalite by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    ...['CreateTable', 'DeleteTable', 'DescribeTable', 'ListTables', 'UpdateTable'],
    ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchGetItem', 'BatchWriteItem', 'Query', 'Scan'],
    ...['TagResource', 'UntagResource', 'ListTagsOfResource', 'DescribeTimeToLive'],
  ].map((name) => [name, operation(name)]),
);

/** @throws when dynalite has no operation of this name */
export function getOperation(name: string): Operation {
  const found = operations.get(name);
  if (found) return found;
  throw new Error(`dynalite has no operation ${name}`);
}

function operation(name: string): Operation {
  const { types, custom, action } = loadOperation(`${name.charAt(0).toLowerCase()}${name.slice(1)}`);
  return {
    validate(store, input) {
      // dynalite deletes attributes from its input.
      const data = validations.checkTypes({ ...input }, types);
      validations.checkValidations(data, types, custom, store);
      return data;
    },
    run: (store, data) =>
      new Promise((resolve, reject) =>
        action(store, data, (failure, response) => (failure ? reject(failure) : resolve(response))),
      ),
  };
}
