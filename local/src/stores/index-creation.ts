import { type Attributes, db, type Store, type Table, type TableIndex } from './dynalite.js';
import { dynamodbError } from './dynamodb-error.js';
import { type Body, getOperation } from './operations.js';

/** Whether a request to UpdateTable creates an index, which dynalite ignores. */
export function createsIndex(body: Body): boolean {
  return updatesOf(body).some(({ Create }) => Create !== undefined);
}

/**
 * UpdateTable that creates indexes, which are complete at once. The caller must hold the lock exclusively.
 * @throws DynamodbError for an index that exists, and for a missing table
 */
export async function createIndexes(store: Store, body: Body): Promise<Body> {
  const name = String(body['TableName']);
  const table = await tableOf(store, name);
  const created = updatesOf(body).flatMap(({ Create }) => (Create ? [toIndex(Create, table)] : []));
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...created];
  const { AttributeDefinitions = table.AttributeDefinitions } = body as Partial<Table>;
  const changed = { ...table, AttributeDefinitions, GlobalSecondaryIndexes: indexes };
  await new Promise<void>((resolve, reject) =>
    store.tableDb.put(name, changed, (failure) => (failure ? reject(failure) : resolve())),
  );
  for await (const item of itemsOf(store, name))
    await addEntries(store, { ...changed, GlobalSecondaryIndexes: created }, item);
  return { TableDescription: changed };
}

function updatesOf({ GlobalSecondaryIndexUpdates }: Body): { Create?: TableIndex }[] {
  return Array.isArray(GlobalSecondaryIndexUpdates) ? (GlobalSecondaryIndexUpdates as { Create?: TableIndex }[]) : [];
}

function tableOf(store: Store, name: string): Promise<Table> {
  return new Promise((resolve, reject) =>
    store.getTable(name, (failure, table) => (table ? resolve(table) : reject(failure ?? new Error(name)))),
  );
}

function toIndex(index: TableIndex, { GlobalSecondaryIndexes = [] }: Table): TableIndex {
  if (!GlobalSecondaryIndexes.some(({ IndexName }) => IndexName === index.IndexName))
    return { ...index, IndexStatus: 'ACTIVE', IndexSizeBytes: 0, ItemCount: 0 };
  throw dynamodbError('ValidationException', `Attempting to create an index which already exists: ${index.IndexName}`);
}

async function* itemsOf(store: Store, TableName: string): AsyncGenerator<Attributes> {
  const scan = getOperation('Scan');
  let ExclusiveStartKey: unknown;
  do {
    const page = await scan.run(
      store,
      scan.validate(store, { TableName, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) }),
    );
    yield* (page['Items'] ?? []) as Attributes[];
    ExclusiveStartKey = page['LastEvaluatedKey'];
  } while (ExclusiveStartKey);
}

function addEntries(store: Store, table: Table, item: Attributes): Promise<void> {
  return new Promise((resolve, reject) =>
    db.updateIndexes(store, table, undefined, item, (failure) => (failure ? reject(failure) : resolve())),
  );
}
