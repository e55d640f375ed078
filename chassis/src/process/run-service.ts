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

/** A program of the system: what it is called, what it reads from the environment and how it opens. */
export interface Service<Settings extends ProcessSettings> {
  name: string;
  settings: z.ZodType<Settings>;
  /**
   * Whether its code finds the request that it serves, and the span around it, by itself; true when left out. One that
   * hands them on says false: before Node 24 the finding makes every promise of the process dearer.
   */
  asyncContext?: boolean;
  open(context: ServiceContext<Settings>): Promise<ServiceParts>;
}

/** What a service opens with. What it adds to `closers` is closed at the end, the last first. */
export interface ServiceContext<Settings> {
  settings: Settings;
  log: Logger;
  closers: Closers;
}

/** What a service has opened: its paths, those that take sockets, and a check that throws while it could not serve. */
export interface ServiceParts {
  routes: Routes;
  websockets?: WebSocketRoutes;
  /** Of its clients; a service that only the gateway reaches needs none. */
  connectionLimits?: ConnectionLimits;
  check(): Promise<void>;
}

/** A service that listens. */
export interface RunningService {
  url: string;
  log: Logger;
  /** Fails `/ready`, waits for the balancer to notice, lets requests in flight finish, then closes everything. */
  close(): Promise<void>;
}

/** Longest wait for the check of `/ready`, in milliseconds. */
const checkTimeout = 2_000;

/** Failed health checks for each that is reported. */
const probesPerReport = 100;

/**
 * Owns the life of a process from its settings to its exit code: 0 after SIGTERM or SIGINT, 1 when it could not open
 * or met an error that nobody caught, 78 (EX_CONFIG of sysexits.h) when the environment does not fit.
 */
export async function run<Settings extends ProcessSettings>(service: Service<Settings>): Promise<void> {
  try {
    const running = await start(service);
    const end = once((code: number) => void running.close().then(...exits(running.log, code)));
    process.on('SIGTERM', () => end(0));
    process.on('SIGINT', () => end(0));
    process.on('uncaughtException', (err) => {
      running.log.fatal({ err }, 'uncaught error');
      reportError(err, 'process');
      end(1);
    });
  } catch (failure) {
    process.stderr.write(`${service.name}: ${describe(failure)}\n`);
    process.exit(failure instanceof SettingsError ? 78 : 1);
  }
}

/**
 * Starts a service in this process and returns once it listens and is ready to be asked.
 *
 * @param variables the environment; that of the process when left out
 * @throws SettingsError when the environment does not fit; otherwise whatever kept the service from opening, after
 * everything that was opened is closed again
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
  { name, asyncContext = true }: Service<Settings>,
  settings: Settings,
  opened: ServiceParts,
  closers: Closers,
  log: Logger,
): Promise<RunningService> {
  let draining = false;
  const identity = { service: name, version: settings.SERVICE_VERSION };
  const routes: Routes = {
    '/health': (_, response) => sendJson(response, 200, { status: 'alive', ...identity }),
    '/ready': readiness(identity, opened, { draining: () => draining, log }),
    ...opened.routes,
  };
  const server = await openHttpServer({ ...placeOf(settings), ...takenBy(opened), routes, asyncContext, log });
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

/** What a service takes besides requests, where it does. */
function takenBy({
  websockets,
  connectionLimits,
}: ServiceParts): Pick<HttpServerOptions, 'websockets' | 'connectionLimits'> {
  return { ...(websockets && { websockets }), ...(connectionLimits && { connectionLimits }) };
}

function placeOf(settings: ProcessSettings): Pick<HttpServerOptions, 'host' | 'port' | 'timeouts'> {
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
    const problem = await within(checkTimeout, opened.check()).catch((failure: unknown) => failure ?? 'failed');
    if (problem === undefined) return sendJson(response, 200, { status: 'ready', ...identity });
    sendJson(response, 503, { status: 'unavailable', ...identity });
    logThrottled(log, { level: 'warn', key: 'not ready', record: { err: problem }, message: 'not ready' });
    // Every balancer asks every few seconds: one report of a hundred says as much.
    if (failures++ % probesPerReport === 0) reportError(problem, '/ready');
  };
}

function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function exits(log: Logger, code: number): [() => void, (failure: unknown) => void] {
  return [
    () => process.exit(code),
    (err) => {
      log.fatal({ err }, 'did not close');
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
