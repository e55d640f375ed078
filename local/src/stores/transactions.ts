import type { Attributes, Change, Store, Table } from './dynalite.js';
import { type Body, getOperation } from './operations.js';
import { createWriteRecorder } from './write-recorder.js';
import { isDynamodbError, errorName, type DynamodbError, dynamodbError } from './dynamodb-error.js';

const maxItems = 100;

/** The dynalite operation for each kind of transaction item. A check is a deletion whose changes are discarded. */
const writes = { ConditionCheck: 'DeleteItem', Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem' } as const;

type WriteKind = keyof typeof writes;

/**
 * TransactWriteItems on top of dynalite's actions. Each action runs against a recorder, and the recorded changes are
 * applied in one batch of LevelDB, which is atomic. The caller must hold the lock exclusively.
 *
 * @throws DynamodbError: TransactionCanceledException with a reason for each item, or ValidationException
 */
export async function transactWrite(store: Store, body: Body): Promise<Body> {
  const items = itemsOf(body).map((item) => prepareWrite(store, item));
  await rejectDuplicateKeys(store, items);
  const attempts = await Promise.all(items.map((item) => attempt(store, item)));
  if (attempts.some(({ reason }) => reason.Code !== 'None')) throw canceled(attempts.map(({ reason }) => reason));
  await store.db.batch(attempts.flatMap(({ changes }) => changes));
  return {};
}

/** TransactGetItems. The caller must hold the lock exclusively. */
export async function transactGet(store: Store, body: Body): Promise<Body> {
  const get = getOperation('GetItem');
  const inputs = itemsOf(body).map((item) => get.validate(store, inputOf(item, 'Get')));
  return { Responses: await Promise.all(inputs.map((input) => get.run(store, input))) };
}

interface PreparedWrite {
  kind: WriteKind;
  input: Body;
  returnsOld: boolean;
}

interface Reason {
  Code: string;
  Message?: string;
  Item?: Attributes;
}

function itemsOf({ TransactItems }: Body): Body[] {
  const items = Array.isArray(TransactItems) ? (TransactItems as Body[]) : [];
  const bound = items.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${maxItems}`;
  if (items.length >= 1 && items.length <= maxItems) return items;
  throw invalid(
    `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

function prepareWrite(store: Store, item: Body): PreparedWrite {
  const kinds = Object.keys(writes).filter((kind) => item[kind]) as WriteKind[];
  const [kind] = kinds;
  if (!kind || kinds.length > 1) throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  const given = inputOf(item, kind);
  const input = getOperation(writes[kind]).validate(store, given);
  return { kind, input, returnsOld: given['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD' };
}

function inputOf(item: Body, kind: string): Body {
  const given = item[kind];
  if (typeof given === 'object' && given !== null) return given as Body;
  throw invalid(`TransactItems must each have a ${kind}`);
}

async function rejectDuplicateKeys(store: Store, items: readonly PreparedWrite[]): Promise<void> {
  const keys = await Promise.all(items.map((item) => keyOf(store, item)));
  if (new Set(keys).size < keys.length)
    throw invalid('Transaction request cannot include multiple operations on one item');
}

async function keyOf(store: Store, { input }: PreparedWrite): Promise<string> {
  const name = input['TableName'] as string;
  const { KeySchema } = await tableOf(store, name);
  const attributes = (input['Key'] ?? input['Item']) as Attributes;
  return JSON.stringify([name, ...KeySchema.map(({ AttributeName }) => attributes[AttributeName])]);
}

function tableOf(store: Store, name: string): Promise<Table> {
  return new Promise((resolve, reject) =>
    store.getTable(name, (failure, table) => (table ? resolve(table) : reject(failure ?? new Error(name)))),
  );
}

async function attempt(store: Store, item: PreparedWrite): Promise<{ reason: Reason; changes: Change[] }> {
  const recording = createWriteRecorder(store);
  try {
    await getOperation(writes[item.kind]).run(recording.store, item.input);
    return { reason: { Code: 'None' }, changes: item.kind === 'ConditionCheck' ? [] : recording.changes };
  } catch (failure) {
    if (!isDynamodbError(failure)) throw failure;
    return { reason: reasonOf(failure, item.returnsOld ? recording.found() : undefined), changes: [] };
  }
}

function reasonOf(failure: DynamodbError, found: Attributes | undefined): Reason {
  const { message } = failure.body;
  if (errorName(failure) === 'ValidationException') return { Code: 'ValidationError', Message: message };
  if (errorName(failure) !== 'ConditionalCheckFailedException') throw failure;
  return { Code: 'ConditionalCheckFailed', Message: message, ...(found && { Item: found }) };
}

function canceled(reasons: readonly Reason[]): DynamodbError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return dynamodbError('TransactionCanceledException', message, { CancellationReasons: reasons });
}

function invalid(message: string): DynamodbError {
  return dynamodbError('ValidationException', message);
}
