import { randomUUID } from 'node:crypto';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { reportUnexpected } from '@marquee/chassis/telemetry/unexpected-errors';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import type { Engine } from '../engine/engine.js';
import type { OperationContext } from '../engine/operation-context.js';
import type { StartedOperation } from '../engine/planner/started-operation.js';
import { type ConnectionEffect, effectsOf } from './connection-effect.js';
import type { LiveConnection } from './live-connections.js';

/** Executes the queries and mutations of WebSockets. The effect of a mutation may end with its socket (`@whileConnected`). */
export interface ConnectionEffects {
  /** Like `Engine.start`. A mutation that set a value for as long as its socket is open is undone when that closes. */
  start(connection: LiveConnection, operation: AdmittedOperation): Promise<StartedOperation>;
}

export function createConnectionEffects(engine: Engine, log: Logger): ConnectionEffects {
  const tracked = new WeakMap<LiveConnection, TrackedConnection>();
  const undoing = new UndoQueue(engine, log);
  return {
    async start(connection, operation) {
      const effects = effectsOf(operation);
      if (effects.length === 0) return engine.start(operation.graph, operation);
      const known = getOrCreate(tracked, connection, () => new TrackedConnection(connection, undoing));
      const { caller, origin } = operation.context;
      const fields = effects.map(({ field }) => field);
      const context = { ...operation.context, connection: { id: known.id, fields } };
      try {
        return await engine.start(operation.graph, { ...operation, context });
      } finally {
        for (const effect of effects) known.add(effect, { caller, origin });
      }
    },
  };
}

/** Maximum number of effects of one connection that are undone. The others end when they expire. */
const maxEffects = 20;

/**
 * Maximum length of the key of an effect that is undone, in characters: it contains all arguments, which stay in memory
 * until the connection closes.
 */
const maxKeyLength = 2_000;

/** The caller as which an effect is undone. */
type EffectOwner = Pick<OperationContext, 'caller' | 'origin'>;

interface CurrentEffect extends ConnectionEffect {
  owner: EffectOwner;
  /** The id of the connection. */
  connectionId: string;
  /** In milliseconds of `performance.now()`. */
  expiresAt: number;
}

/** The current effects of one connection, the oldest first. */
class TrackedConnection {
  readonly id = randomUUID();
  readonly #effects = new Map<string, CurrentEffect>();

  constructor(
    private readonly connection: LiveConnection,
    private readonly undoing: UndoQueue,
  ) {
    connection.onClose(() => this.#undoAll());
  }

  /** Called when the mutation has ended, whatever its result: the service may have executed it nevertheless. */
  add(effect: ConnectionEffect, owner: EffectOwner): void {
    this.#effects.delete(effect.key);
    if (!effect.isSet || effect.key.length > maxKeyLength) return;
    const [oldest] = this.#effects.keys();
    if (oldest !== undefined && this.#effects.size >= maxEffects) this.#effects.delete(oldest);
    const expiresAt = performance.now() + effect.seconds * 1000;
    this.#effects.set(effect.key, { ...effect, owner, connectionId: this.id, expiresAt });
    if (this.connection.isClosed) this.#undoAll();
  }

  #undoAll(): void {
    for (const effect of this.#effects.values()) this.undoing.add(effect);
    this.#effects.clear();
  }
}

/** Effects that are undone at the same time: thousands of sockets may close together. */
const undoneAtOnce = 16;

/** Undoes effects in their order. One that has expired in the meantime needs no undoing. */
class UndoQueue {
  readonly #waiting = new Set<CurrentEffect>();
  #running = 0;

  constructor(
    private readonly engine: Engine,
    private readonly log: Logger,
  ) {}

  add(effect: CurrentEffect): void {
    this.#waiting.add(effect);
    if (this.#running < undoneAtOnce) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running += 1;
    for (const effect of this.#waiting) {
      this.#waiting.delete(effect);
      if (effect.expiresAt > performance.now()) await this.#undo(effect);
    }
    this.#running -= 1;
  }

  /** The result is not read: if it has an error of the service, the effect ends when it expires. */
  async #undo({ document, variables, owner, connectionId, field }: CurrentEffect): Promise<void> {
    const context = { ...owner, connection: { id: connectionId, fields: [field] } };
    try {
      await this.engine.run(this.engine.graph(), { document, operationName: undefined, variables, context });
    } catch (error) {
      reportUnexpected(this.log, error, { location: 'connection effects', message: 'undoing an effect failed' });
    }
  }
}
