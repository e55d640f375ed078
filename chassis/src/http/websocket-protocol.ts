import {
  execute as executeOperation,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  subscribe as subscribeToOperation,
} from 'graphql';
import {
  CloseCode,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  type Message,
  MessageType,
  type SubscribeMessage,
  type SubscribePayload,
} from 'graphql-ws';
import { rateLimited } from '../errors/errors.js';
import { eventWork } from '../timing/work-slices.js';
import { nextStart, ResultGroups } from './grouped-results.js';
import { acknowledgement, acknowledgingPayload } from './subscription-acknowledgement.js';
import { parseClientMessage, rejectionCode } from './client-messages.js';
import { formatError, type ResultEncoder } from './result-encoder.js';
import type { SocketConnection, SocketProtocol } from './websocket-connection.js';
import { textFrame } from './websocket-frames.js';
import type { WebSocketRouteOptions } from './websocket-server.js';

/** Milliseconds that a new socket has to send connection_init. */
const initTimeoutMs = 5_000;

/** An operation of a client, from its `subscribe` to the first `complete` or `error` of either side. */
interface ActiveOperation {
  id: string;
  results?: AsyncIterator<ExecutionResult>;
}

/** The options that all sockets of a server share. */
export interface ProtocolOptions<Connection extends object> extends WebSocketRouteOptions<Connection> {
  encodeResult: ResultEncoder;
}

/**
 * The server side of graphql-transport-ws on one socket (enisdenjo/graphql-ws, PROTOCOL.md). A client's `complete` frees
 * the id of the operation at once: no later message belongs to it, even if its execution takes longer to end.
 *
 * A process has thousands of sockets and streams without messages, so nothing of a request is kept that only its start
 * needs.
 */
export class ProtocolConnection<Connection extends object> implements SocketProtocol {
  /** What `onConnect` returned; undefined before the socket is acknowledged. */
  #connection: Connection | undefined;
  #operations: Map<string, ActiveOperation> | undefined;
  #initTimer: NodeJS.Timeout | undefined;
  /** Undefined if the client accepts no message for several operations. */
  #groups: ResultGroups<ActiveOperation> | undefined;
  #isInitialised = false;
  /** Messages other than operations that are being processed. */
  #activeMessages = 0;

  constructor(
    private readonly socket: SocketConnection,
    private readonly options: ProtocolOptions<Connection>,
  ) {
    const timeOut = () => socket.close(CloseCode.ConnectionInitialisationTimeout, 'connection_init is missing');
    this.#initTimer = setTimeout(timeOut, initTimeoutMs);
    if (socket.subprotocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL)
      socket.close(CloseCode.SubprotocolNotAcceptable, `The subprotocol must be ${GRAPHQL_TRANSPORT_WS_PROTOCOL}`);
  }

  get isIdle(): boolean {
    return this.#activeMessages === 0 && !this.#operations?.size;
  }

  get maxIdleMs(): number | undefined {
    return this.#connection && this.options.maxIdleMs?.(this.#connection);
  }

  receive(text: string): void {
    const message = parseClientMessage(text);
    if (message?.type === MessageType.ConnectionInit) void this.#process(this.#connect(message.payload));
    else if (message?.type === MessageType.Ping) void this.#process(this.#answerPing(message.payload));
    else if (message?.type === MessageType.Subscribe) this.#start(message);
    else if (message?.type === MessageType.Complete) this.#cancel(this.#operations?.get(message.id));
    else if (message?.type !== MessageType.Pong) this.socket.close(CloseCode.BadRequest, 'Invalid message');
  }

  /** Cancels all operations, in slices: many sockets may close together. Called when the socket has closed. */
  close(): void {
    this.#stopInitTimer();
    this.#operations?.forEach((operation) => eventWork.start(() => this.#cancel(operation), this.socket.address));
  }

  async #process(work: Promise<void>): Promise<void> {
    this.#activeMessages += 1;
    await work.catch((failure: unknown) => this.socket.fail(failure));
    this.#activeMessages -= 1;
  }

  async #connect(parameters: Record<string, unknown> | null | undefined): Promise<void> {
    if (this.#isInitialised)
      return this.socket.close(CloseCode.TooManyInitialisationRequests, 'connection_init was sent before');
    this.#isInitialised = true;
    this.#stopInitTimer();
    try {
      this.#connection = await this.options.onConnect(parameters ?? {}, this.socket);
      if (this.options.groupsResults?.(parameters ?? {})) this.#groups = this.#openGroups();
    } catch (failure) {
      if (failure instanceof GraphQLError) return this.socket.close(rejectionCode(failure), failure.message);
      throw failure;
    }
    const payload = this.options.acknowledgesSubscriptions && acknowledgingPayload;
    await this.#send({ type: MessageType.ConnectionAck, ...(payload && { payload }) });
  }

  /** A timer that was cleared still refers to the socket. */
  #stopInitTimer(): void {
    clearTimeout(this.#initTimer);
    this.#initTimer = undefined;
  }

  /** A socket that is not acknowledged has no connection that could handle the payload. */
  async #answerPing(payload: Record<string, unknown> | null | undefined): Promise<void> {
    const { onPing } = this.options;
    const isHandled = payload && onPing && this.#connection;
    const answer = isHandled ? await onPing(this.#connection as Connection, payload) : onPing ? undefined : payload;
    await this.#send({ type: MessageType.Pong, ...(answer && { payload: answer }) });
  }

  #start({ id, payload }: SubscribeMessage): void {
    if (!this.#connection) return this.socket.close(CloseCode.Unauthorized, 'The socket is not acknowledged');
    this.#operations ??= new Map();
    if (this.#operations.has(id)) return this.socket.close(CloseCode.SubscriberAlreadyExists, `${id} is in use`);
    const operation: ActiveOperation = { id };
    this.#operations.set(id, operation);
    void this.#deliver(operation, this.#execute(operation, payload));
  }

  /** Executes an operation. Resolves to the results that are still to be sent, if any. */
  async #execute(
    operation: ActiveOperation,
    payload: SubscribePayload,
  ): Promise<AsyncIterator<ExecutionResult> | undefined> {
    const { operationsPerSocket = Infinity } = this.options.limits ?? {};
    if ((this.#operations?.size ?? 0) > operationsPerSocket) {
      const message = `A socket may run at most ${operationsPerSocket} operations at a time.`;
      await this.#fail(operation, [rateLimited(message)]);
      return undefined;
    }
    const admitted = await this.options.onOperation(this.#connection as Connection, payload);
    if ('schema' in admitted) return this.#run(operation, admitted);
    await this.#fail(operation, admitted);
    return undefined;
  }

  async #run(operation: ActiveOperation, args: ExecutionArgs): Promise<AsyncIterator<ExecutionResult> | undefined> {
    const kind: string | undefined = getOperationAST(args.document, args.operationName)?.operation;
    if (!kind) await this.#fail(operation, [new GraphQLError('There is no operation with this name.')]);
    if (!kind || !this.#isActive(operation)) return undefined;
    const { execute = executeOperation, subscribe = subscribeToOperation } = this.options;
    const results = await (kind === 'subscription' ? subscribe : execute)(args);
    if (Symbol.asyncIterator in results) return this.#open(operation, results[Symbol.asyncIterator]());
    if (kind === 'subscription' && results.errors) await this.#fail(operation, results.errors);
    else await this.#next(operation, results);
    await this.#complete(operation);
    return undefined;
  }

  async #open(
    operation: ActiveOperation,
    results: AsyncIterator<ExecutionResult>,
  ): Promise<AsyncIterator<ExecutionResult> | undefined> {
    if (!this.#isActive(operation)) {
      await results.return?.();
      return undefined;
    }
    operation.results = results;
    if (this.options.acknowledgesSubscriptions) await this.#send(acknowledgement(operation.id));
    return results;
  }

  /** The next result is read once the previous one was sent: backpressure. */
  async #deliver(operation: ActiveOperation, opening: Promise<AsyncIterator<ExecutionResult> | undefined>) {
    try {
      const results = await opening;
      if (!results) return;
      for (let result = await results.next(); !result.done; result = await results.next())
        await this.#next(operation, result.value);
      await this.#complete(operation);
    } catch (failure) {
      this.#stopResults(operation);
      await this.#onFailure(operation, failure);
    } finally {
      this.#end(operation);
    }
  }

  /** An error of the results ends the operation; any other error was not expected. */
  async #onFailure(operation: ActiveOperation, failure: unknown): Promise<void> {
    if (!operation.results) return this.socket.fail(failure);
    const message = failure instanceof Error ? failure.message : String(failure);
    await this.#fail(operation, [new GraphQLError(message, { originalError: failure as Error })]);
  }

  #next(operation: ActiveOperation, result: ExecutionResult): Promise<void> {
    if (!this.#isActive(operation)) return Promise.resolve();
    return this.#groups ? this.#groups.send(operation, result) : this.#sendResult([operation], result);
  }

  #openGroups(): ResultGroups<ActiveOperation> {
    return new ResultGroups({
      isActive: (operation) => this.#isActive(operation),
      send: async (operations, result) => this.#sendResult(operations, result),
    });
  }

  #sendResult(operations: readonly ActiveOperation[], result: ExecutionResult): Promise<void> {
    const start = nextStart(operations.map(({ id }) => id));
    return this.socket.sendFrame(textFrame(start, this.options.encodeResult(result), '}'));
  }

  async #complete(operation: ActiveOperation): Promise<void> {
    if (this.#end(operation)) await this.#send({ type: MessageType.Complete, id: operation.id });
  }

  async #fail(operation: ActiveOperation, errors: readonly GraphQLError[]): Promise<void> {
    if (!this.#end(operation)) return;
    const payload = errors.map((error) => this.options.maskError(formatError(error), error));
    await this.#send({ type: MessageType.Error, id: operation.id, payload });
  }

  #cancel(operation: ActiveOperation | undefined): void {
    if (operation && this.#end(operation)) this.#stopResults(operation);
  }

  #stopResults({ results }: ActiveOperation): void {
    results?.return?.().catch((err: unknown) => this.options.log.error({ err }, 'an operation was not cancelled'));
  }

  /** Frees the id. Returns whether the operation was active until now. */
  #end(operation: ActiveOperation): boolean {
    return this.#isActive(operation) && this.#operations?.delete(operation.id) === true;
  }

  #isActive(operation: ActiveOperation): boolean {
    return this.#operations?.get(operation.id) === operation;
  }

  #send(message: Message): Promise<void> {
    return this.socket.send(JSON.stringify(message));
  }
}
