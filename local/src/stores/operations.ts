import { loadOperation, type Store, validations } from './dynalite.js';

/** A request's or an answer's body. */
export type Body = Record<string, unknown>;

/** One operation of dynalite, in its two halves. */
export interface Operation {
  /** The input as `act` takes it, without what the operation does not know; @throws a Refusal */
  validate(store: Store, input: object): Body;
  /** @throws a Refusal */
  run(store: Store, checked: Body): Promise<Body>;
}

/** What dynalite can do, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    ...['CreateTable', 'DeleteTable', 'DescribeTable', 'ListTables', 'UpdateTable'],
    ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchGetItem', 'BatchWriteItem', 'Query', 'Scan'],
    ...['TagResource', 'UntagResource', 'ListTagsOfResource', 'DescribeTimeToLive'],
  ].map((name) => [name, operation(name)]),
);

/** @throws for a name that dynalite does not know */
export function getOperation(name: string): Operation {
  const found = operations.get(name);
  if (found) return found;
  throw new Error(`dynalite has no operation ${name}`);
}

function operation(name: string): Operation {
  const { types, custom, action } = loadOperation(`${name.charAt(0).toLowerCase()}${name.slice(1)}`);
  return {
    validate(store, input) {
      // dynalite deletes from what it is given.
      const data = validations.checkTypes({ ...input }, types);
      validations.checkValidations(data, types, custom, store);
      return data;
    },
    run: (store, data) =>
      new Promise((resolve, reject) =>
        action(store, data, (failure, answer) => (failure ? reject(failure) : resolve(answer))),
      ),
  };
}
