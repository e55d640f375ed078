import {
  execute as executeOperation,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  subscribe as subscribeToOperation,
} from 'graphql';
import {
  CloseCode,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  type Message,
  MessageType,
  parseMessage,
  type SubscribeMessage,
} from 'graphql-ws';
import { rateLimited } from '../errors/errors.js';
import { acknowledgement, acknowledgingPayload } from './subscription-acknowledgement.js';
import type { MaskError } from '../errors/mask-errors.js';
import type { SocketTransport } from './websocket-connection.js';
import type { ClientSocket, WebSocketRouteOptions } from './websocket-server.js';

/** Milliseconds that a new socket has to send connection_init. */
const initTimeoutMs = 5_000;

/** An operation of a client, from its `subscribe` to the first `complete` or `error` of either side. */
interface ActiveOperation {
  id: string;
  results?: AsyncIterator<ExecutionResult>;
}

/**
 * The server side of graphql-transport-ws on one socket (enisdenjo/graphql-ws, PROTOCOL.md). A client's `complete` frees
 * the id of the operation at once: no later message belongs to it, even if its execution takes longer to end.
 */
export class ProtocolConnection<Connection extends object> {
  /** What `onConnect` returned; undefined before the socket is acknowledged. */
  connection: Connection | undefined;
  readonly #operations = new Map<string, ActiveOperation>();
  readonly #initTimer: NodeJS.Timeout;
  #isInitialised = false;

  constructor(
    private readonly transport: SocketTransport,
    private readonly socket: ClientSocket,
    private readonly options: WebSocketRouteOptions<Connection>,
  ) {
    const timeOut = () => transport.close(CloseCode.ConnectionInitialisationTimeout, 'connection_init is missing');
    this.#initTimer = setTimeout(timeOut, initTimeoutMs);
    if (transport.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL)
      transport.close(CloseCode.SubprotocolNotAcceptable, `The subprotocol must be ${GRAPHQL_TRANSPORT_WS_PROTOCOL}`);
  }

  /** Processes a message. Resolves when it has had its full effect, for an operation when it has ended. */
  async receive(text: string): Promise<void> {
    const message = parsed(text);
    if (message?.type === MessageType.ConnectionInit) await this.#connect(message.payload);
    else if (message?.type === MessageType.Ping) await this.#answerPing(message.payload);
    else if (message?.type === MessageType.Subscribe) await this.#start(message);
    else if (message?.type === MessageType.Complete) this.#cancel(this.#operations.get(message.id));
    else if (message?.type !== MessageType.Pong) this.transport.close(CloseCode.BadRequest, 'Invalid message');
  }

  /** Cancels all operations. Called when the socket has closed. */
  close(): void {
    clearTimeout(this.#initTimer);
    for (const operation of [...this.#operations.values()]) this.#cancel(operation);
  }

  async #connect(parameters: Record<string, unknown> | null | undefined): Promise<void> {
    if (this.#isInitialised)
      return this.transport.close(CloseCode.TooManyInitialisationRequests, 'connection_init was sent before');
    this.#isInitialised = true;
    clearTimeout(this.#initTimer);
    try {
      this.connection = await this.options.onConnect(parameters ?? {}, this.socket);
    } catch (failure) {
      if (failure instanceof GraphQLError) return this.transport.close(rejectionCode(failure), failure.message);
      throw failure;
    }
    const payload = this.options.acknowledgesSubscriptions && acknowledgingPayload;
    await this.#send({ type: MessageType.ConnectionAck, ...(payload && { payload }) });
  }

  /** A socket that is not acknowledged has no connection that could handle the payload. */
  async #answerPing(payload: Record<string, unknown> | null | undefined): Promise<void> {
    const { onPing } = this.options;
    const isHandled = payload && onPing && this.connection;
    const answer = isHandled ? await onPing(this.connection as Connection, payload) : onPing ? undefined : payload;
    await this.#send({ type: MessageType.Pong, ...(answer && { payload: answer }) });
  }

  async #start({ id, payload }: SubscribeMessage): Promise<void> {
    const { connection } = this;
    if (!connection) return this.transport.close(CloseCode.Unauthorized, 'The socket is not acknowledged');
    if (this.#operations.has(id)) return this.transport.close(CloseCode.SubscriberAlreadyExists, `${id} is in use`);
    const { operationsPerSocket = Infinity } = this.options.limits ?? {};
    const isOverLimit = this.#operations.size >= operationsPerSocket;
    const operation: ActiveOperation = { id };
    this.#operations.set(id, operation);
    try {
      const admitted = isOverLimit
        ? [rateLimited(`A socket may run at most ${operationsPerSocket} operations at a time.`)]
        : await this.options.onOperation(connection, payload);
      if ('schema' in admitted) await this.#run(operation, admitted);
      else await this.#fail(operation, admitted);
    } finally {
      this.#end(operation);
    }
  }

  async #run(operation: ActiveOperation, args: ExecutionArgs): Promise<void> {
    const kind: string | undefined = getOperationAST(args.document, args.operationName)?.operation;
    if (!kind) return this.#fail(operation, [new GraphQLError('There is no operation with this name.')]);
    if (!this.#isActive(operation)) return;
    const { execute = executeOperation, subscribe = subscribeToOperation } = this.options;
    const results = await (kind === 'subscription' ? subscribe : execute)(args);
    if (Symbol.asyncIterator in results) await this.#deliver(operation, results[Symbol.asyncIterator]());
    else if (kind === 'subscription' && results.errors) return this.#fail(operation, results.errors);
    else await this.#next(operation, results);
    if (this.#end(operation)) await this.#send({ type: MessageType.Complete, id: operation.id });
  }

  /** The next result is read once the previous one was sent: backpressure. */
  async #deliver(operation: ActiveOperation, results: AsyncIterator<ExecutionResult>): Promise<void> {
    if (!this.#isActive(operation)) return void (await results.return?.());
    operation.results = results;
    if (this.options.acknowledgesSubscriptions) await this.#send(acknowledgement(operation.id));
    try {
      for (let result = await results.next(); !result.done; result = await results.next())
        await this.#next(operation, result.value);
    } catch (failure) {
      const message = failure instanceof Error ? failure.message : String(failure);
      await this.#fail(operation, [new GraphQLError(message, { originalError: failure as Error })]);
    }
  }

  async #next(operation: ActiveOperation, result: ExecutionResult): Promise<void> {
    if (!this.#isActive(operation)) return;
    await this.#send({ type: MessageType.Next, id: operation.id, payload: masked(result, this.options.maskError) });
  }

  async #fail(operation: ActiveOperation, errors: readonly GraphQLError[]): Promise<void> {
    if (!this.#end(operation)) return;
    const payload = errors.map((error) => this.options.maskError(formatted(error), error));
    await this.#send({ type: MessageType.Error, id: operation.id, payload });
  }

  #cancel(operation: ActiveOperation | undefined): void {
    if (!operation || !this.#end(operation)) return;
    const { log } = this.options;
    operation.results?.return?.().catch((err: unknown) => log.error({ err }, 'an operation could not be cancelled'));
  }

  /** Frees the id. Returns whether the operation was active until now. */
  #end(operation: ActiveOperation): boolean {
    return this.#isActive(operation) && this.#operations.delete(operation.id);
  }

  #isActive(operation: ActiveOperation): boolean {
    return this.#operations.get(operation.id) === operation;
  }

  #send(message: Message): Promise<void> {
    return this.transport.send(JSON.stringify(message));
  }
}

function parsed(text: string): Message | undefined {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}

/** Clients treat most codes as final. Try Again Later (RFC 6455, section 7.4.2 and its registry) is not. */
const tryAgainLater = 1013;

/** Refusals that a client can expect to pass without doing anything about them. */
const passingCodes: readonly unknown[] = ['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED'];

function rejectionCode({ extensions }: GraphQLError): number {
  return passingCodes.includes(extensions['code']) ? tryAgainLater : CloseCode.Forbidden;
}

function masked({ errors, ...result }: ExecutionResult, mask: MaskError): FormattedExecutionResult {
  return errors ? { ...result, errors: errors.map((error) => mask(formatted(error), error)) } : result;
}

/** Results of the gateway's executor contain errors in their serialised form. */
function formatted(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  return error instanceof GraphQLError ? error.toJSON() : error;
}
