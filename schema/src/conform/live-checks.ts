import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { findDirective } from '@marquee/chassis/graphql/directives';
import { namedTypeOf } from '@marquee/chassis/graphql/named-type';
import { type DocumentNode, type FieldDefinitionNode, Kind } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { answerTimeoutMs, type ConformCheck, type KnownSubgraph, signedGuest, Skipped, Violation } from './target.js';

/** Requirements on subscriptions. */
export const liveChecks: readonly ConformCheck[] = [
  { title: 'a WebSocket at the same path acknowledges the connection and answers pings', run: checkSocket },
  { title: 'an invalid subscription ends with an error, and the socket stays open', run: checkInvalidSubscription },
  {
    title: '@resumable names an optional argument, and a field of the event',
    run: async ({ document }) => checkCursors(document),
  },
];

async function checkSocket(target: KnownSubgraph): Promise<void> {
  await withClient(target, 'a pong', nextPong);
}

function nextPong(client: Client): Promise<void> {
  return new Promise((resolve) => client.on('pong', (isAnswer) => isAnswer && resolve()));
}

async function checkInvalidSubscription(target: KnownSubgraph): Promise<void> {
  const payload = { query: 'subscription { conformFieldThatDoesNotExist }', extensions: await signedGuest(target) };
  const endOf = (client: Client) =>
    new Promise<string>((resolve) => {
      client.subscribe(payload, {
        next: ({ errors }) => resolve(errors?.length ? 'an error' : 'a result'),
        error: (failure) => resolve(Array.isArray(failure) ? 'an error' : describeClose(failure)),
        complete: () => resolve('no error'),
      });
    });
  const end = await withClient(target, 'an error, and pongs after it', async (client) => {
    const received = await endOf(client);
    if (received === 'an error') await nextPong(client);
    return received;
  });
  if (end !== 'an error') throw new Violation(`expected an error, got ${end}`);
}

/** Connects as the gateway does: the socket is its own, and each operation has a caller. */
async function withClient<Result>(
  target: KnownSubgraph,
  expected: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  if (!subscriptionFields(target.document).length) throw new Skipped('it has no subscriptions');
  const { name, signer } = target;
  const connectionParams = signer ? { [callerHeader]: await signer.sign({ kind: 'gateway' }, name) } : {};
  let refuse: (reason: unknown) => void = () => undefined;
  const refused = new Promise<never>((_, reject) => (refuse = reject));
  const client = createClient({
    url: target.url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams,
    lazy: false,
    retryAttempts: 0,
    keepAlive: 200,
    onNonLazyError: (failure) => refuse(new Violation(`expected an open socket, got ${describeClose(failure)}`)),
  });
  const timer = setTimeout(() => refuse(new Violation(`expected ${expected} within 10 s`)), answerTimeoutMs);
  try {
    return await Promise.race([work(client), refused]);
  } finally {
    clearTimeout(timer);
    await client.dispose();
  }
}

function describeClose(failure: unknown): string {
  const { code, reason, message } = failure as { code?: number; reason?: string; message?: string };
  return code === undefined ? `a failure: ${message ?? String(failure)}` : `close code ${code} ${reason ?? ''}`.trim();
}

function checkCursors(document: DocumentNode): void {
  const resumable = subscriptionFields(document).filter((field) => findDirective(field, 'resumable'));
  if (resumable.length === 0) throw new Skipped('it has no @resumable field');
  for (const field of resumable) checkCursor(document, field);
}

function checkCursor({ definitions }: DocumentNode, field: FieldDefinitionNode): void {
  const { argument, cursor } = findDirective(field, 'resumable') ?? {};
  const name = `Subscription.${field.name.value}`;
  const found = field.arguments?.find((one) => one.name.value === argument);
  if (!found) throw new Violation(`${name} has no argument "${String(argument)}"`);
  if (found.type.kind === Kind.NON_NULL_TYPE && found.defaultValue === undefined)
    throw new Violation(`the argument "${String(argument)}" of ${name} must be optional: a new stream has no cursor`);
  const type = namedTypeOf(field.type);
  const fields = definitions.flatMap((one): string[] =>
    'name' in one && one.name?.value === type && 'fields' in one
      ? (one.fields ?? []).map(({ name }) => name.value)
      : [],
  );
  if (!fields.includes(String(cursor))) throw new Violation(`${type} has no field "${String(cursor)}"`);
}

function subscriptionFields({ definitions }: DocumentNode): FieldDefinitionNode[] {
  return definitions.flatMap((one) => {
    const isObject = one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.OBJECT_TYPE_EXTENSION;
    return isObject && one.name.value === 'Subscription' ? [...(one.fields ?? [])] : [];
  });
}
