import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import { type ProcessSettings, readSettings, SettingsError, type Variables } from '../config/settings.js';
import type { ConnectionLimits } from '../http/connection-limits.js';
import { sendJson } from '../http/json-response.js';
import {
  type Handler,
  type HttpServerOptions,
  type WebSocketRoutes,
  openHttpServer,
  type Routes,
} from '../http/http-server.js';
import { type Logger, openLog } from '../telemetry/log.js';
import { logThrottled, flushThrottled } from '../telemetry/throttled-log.js';
import { openTelemetry } from '../telemetry/telemetry.js';
import { reportError } from '../telemetry/unexpected-errors.js';
import { Closers } from './closers.js';

/** A program of the system: its name, its settings and how it opens. */
export interface Service<Settings extends ProcessSettings> {
  name: string;
  settings: z.ZodType<Settings>;
  /**
   * Whether the current request and span are available in asynchronous continuations, by AsyncLocalStorage. Default: true.
   * A service that passes them on explicitly sets false, since before Node 24 it makes every promise of the process slower.
   */
  asyncContext?: boolean;
  /** Whether clients outside of the system reach it, and their traces are not trusted. Default: false. */
  isPublic?: boolean;
  open(context: ServiceContext<Settings>): Promise<ServiceParts>;
}

/** The input of `Service.open`. Resources added to `closers` are closed at the end, the last one first. */
export interface ServiceContext<Settings> {
  settings: Settings;
  log: Logger;
  closers: Closers;
}

/** The result of `Service.open`. */
export interface ServiceParts {
  routes: Routes;
  /** WebSocket routes by path. */
  websockets?: WebSocketRoutes;
  /** Limits of its clients' connections; a service that only the gateway reaches needs none. */
  connectionLimits?: ConnectionLimits;
  /** The readiness check. @throws while the service cannot handle requests */
  check(): Promise<void>;
}

/** A service that is listening. */
export interface RunningService {
  url: string;
  log: Logger;
  /** Fails `/ready`, waits until load balancers notice, lets requests in flight finish, then closes everything. */
  close(): Promise<void>;
}

/** Timeout of the check of `/ready` in milliseconds. */
const checkTimeoutMs = 2_000;

/** One in this many failed readiness checks is reported. */
const failuresPerReport = 100;

/**
 * Runs a service from its settings to the exit code of the process: 0 after SIGTERM or SIGINT, 1 if it could not open or
 * after an uncaught error, 78 (EX_CONFIG of sysexits.h) if its environment is invalid.
 */
export async function run<Settings extends ProcessSettings>(service: Service<Settings>): Promise<void> {
  // Nothing is in flight before it listens. Without a handler, the first process of a container ignores both signals.
  let exit: (code: number) => void = (code) => process.exit(code);
  process.on('SIGTERM', () => exit(0));
  process.on('SIGINT', () => exit(0));
  try {
    const running = await start(service);
    exit = once((code: number) => void running.close().then(...exitHandlers(running.log, code)));
    process.on('uncaughtException', (err) => {
      running.log.fatal({ err }, 'uncaught error');
      reportError(err, 'process');
      exit(1);
    });
  } catch (failure) {
    process.stderr.write(`${service.name}: ${describe(failure)}\n`);
    process.exit(failure instanceof SettingsError ? 78 : 1);
  }
}

/**
 * Starts a service in this process. Resolves once it is listening.
 *
 * @param variables the environment; that of the process by default
 * @throws SettingsError if the environment is invalid; otherwise the error of `Service.open`, once all opened resources are
 * closed again
 */
export async function start<Settings extends ProcessSettings>(
  service: Service<Settings>,
  variables?: Variables,
): Promise<RunningService> {
  const settings = readSettings(service.settings, variables);
  const log = openLog(service.name, settings.SERVICE_VERSION, settings.LOG_LEVEL);
  const closers = new Closers();
  closers.add({ close: () => flushThrottled(log) });
  closers.add(await openTelemetry({ service, settings, log }));
  try {
    const opened = await service.open({ settings, log, closers });
    return await listen(service, settings, opened, closers, log);
  } catch (failure) {
    await closers.close();
    throw failure;
  }
}

async function listen<Settings extends ProcessSettings>(
  { name, asyncContext = true, isPublic = false }: Service<Settings>,
  settings: Settings,
  opened: ServiceParts,
  closers: Closers,
  log: Logger,
): Promise<RunningService> {
  let draining = false;
  const identity = identityOf(name, settings);
  const ready = readiness(identity, opened, { draining: () => draining, log });
  const health: Handler = (_, response) => sendJson(response, 200, { status: 'alive', ...identity });
  const routes: Routes = { '/health': health, '/ready': ready, ...opened.routes };
  const options = { ...listenOptions(settings), ...optionalParts(opened), asyncContext, isPublic };
  const server = await openHttpServer({ ...options, routes, log });
  log.info({ url: server.url }, 'ready');
  return {
    url: server.url,
    log,
    async close() {
      draining = true;
      log.info('draining');
      server.startDraining();
      await wait(settings.DRAIN_DELAY_SECONDS * 1000);
      await server.close(settings.DRAIN_SECONDS * 1000);
      await closers.close();
      log.info('closed');
    },
  };
}

/** The content of `/health` and `/ready`. In production the version would help to find known vulnerabilities. */
function identityOf(service: string, { NODE_ENV, SERVICE_VERSION: version }: ProcessSettings): object {
  return NODE_ENV === 'production' ? { service } : { service, version };
}

/** The optional parts of a service. */
function optionalParts({
  websockets,
  connectionLimits,
}: ServiceParts): Pick<HttpServerOptions, 'websockets' | 'connectionLimits'> {
  return { ...(websockets && { websockets }), ...(connectionLimits && { connectionLimits }) };
}

function listenOptions(settings: ProcessSettings): Pick<HttpServerOptions, 'host' | 'port' | 'timeouts'> {
  const { HOST: host, PORT: port, HEADERS_TIMEOUT_SECONDS: headers, REQUEST_TIMEOUT_SECONDS: request } = settings;
  return { host, port, timeouts: { headers, request } };
}

interface Readiness {
  draining(): boolean;
  log: Logger;
}

function readiness(identity: object, opened: ServiceParts, { draining, log }: Readiness): Handler {
  let failures = 0;
  return async (_, response) => {
    if (draining()) return sendJson(response, 503, { status: 'draining', ...identity });
    const problem = await withTimeout(checkTimeoutMs, opened.check()).catch((failure: unknown) => failure ?? 'failed');
    if (problem === undefined) return sendJson(response, 200, { status: 'ready', ...identity });
    sendJson(response, 503, { status: 'unavailable', ...identity });
    logThrottled(log, { level: 'warn', key: 'not ready', record: { err: problem }, message: 'not ready' });
    // Load balancers check every few seconds: one report in a hundred is enough.
    if (failures++ % failuresPerReport === 0) reportError(problem, '/ready');
  };
}

function withTimeout<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no response within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}

function exitHandlers(log: Logger, code: number): [() => void, (failure: unknown) => void] {
  return [
    () => process.exit(code),
    (err) => {
      log.fatal({ err }, 'could not close');
      process.exit(1);
    },
  ];
}

function once(act: (code: number) => void): (code: number) => void {
  let done = false;
  return (code) => {
    if (done) return;
    done = true;
    act(code);
  };
}

function describe(failure: unknown): string {
  if (failure instanceof SettingsError) return failure.message;
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}
