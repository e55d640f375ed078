import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Closers } from '@marquee/chassis/process/closers';
import { freePort } from '@marquee/testkit/ports';
import { openRedisServer, type RedisServer } from '@marquee/testkit/redis-server';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';
import pg from 'pg';
import { systemEnvironment } from '../config.js';
import { openProcessRegistry } from '../launcher/orphans.js';
import { manageProgram } from '../launcher/program.js';
import { parentOf } from '../process/identity.js';
import { openPostgres, type Postgres } from '../stores/postgres/open-postgres.js';
import { databaseUrl } from '../stores/postgres/databases.js';
import { temporaryDirectory } from './fleet-directory.js';
import { freezeProcesses, type FrozenProcesses } from './frozen-processes.js';
import { openReplica, type StoppableProcess } from './replica.js';

/** A store that a drill may damage: its process, and the network between it and the services. */
export interface DrillStore {
  process: StoppableProcess;
  proxy: TcpProxy;
}

/** The stores of one drill. Services reach each of them through its proxy. */
export interface DrillStores {
  postgres: DrillStore & {
    /** Runs a statement as an administrator, past the proxy. */
    administer(sql: string): Promise<void>;
    /** Gives the role of the services another password and writes it to `passwordFile`. Open connections end. */
    rotatePassword(): Promise<void>;
    passwordFile: string;
  };
  dynamodb: DrillStore;
  redis: DrillStore & { server: RedisServer; directUrl: string };
}

/** The role of the services. */
const role = 'drill';

/** Starts the stores with temporary data, which survives a kill of their processes. */
export async function openDrillStores(closers: Closers): Promise<DrillStores> {
  const directory = await temporaryDirectory(closers);
  return {
    postgres: await openDrillPostgres(directory, closers),
    dynamodb: await openDrillDynamodb(directory, closers),
    redis: await openDrillRedis(closers),
  };
}

async function openDrillPostgres(directory: string, closers: Closers): Promise<DrillStores['postgres']> {
  const passwordFile = join(directory, 'database-password');
  let password = await writePassword(passwordFile);
  const port = await freePort();
  const adminPassword = newPassword();
  const launch = () =>
    openPostgres({
      directory: join(directory, 'postgres'),
      port,
      adminPassword,
      tenants: [{ name: role, password }],
      durable: true,
    });
  const server = await PostgresProcess.open(launch);
  closers.add(server);
  const administer = (sql: string) => runStatement(server.adminUrl, sql);
  await administer(`grant create on database marquee to ${role}`);
  return {
    process: server,
    proxy: closers.add(await openTcpProxy(databaseUrl(port, role, password))),
    passwordFile,
    administer,
    async rotatePassword() {
      password = newPassword();
      await administer(`alter role ${role} password '${password}'`);
      await writeFile(passwordFile, password);
      await administer(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
    },
  };
}

/** Postgres with its backends, which are processes of their own. */
class PostgresProcess implements StoppableProcess {
  readonly name = 'postgres';
  #frozen: FrozenProcesses | undefined;

  private constructor(
    private readonly launch: () => Promise<Postgres>,
    private server: Postgres,
  ) {}

  static async open(launch: () => Promise<Postgres>): Promise<PostgresProcess> {
    return new PostgresProcess(launch, await launch());
  }

  get adminUrl(): string {
    return this.server.adminUrl;
  }

  async kill(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.ended;
  }

  async start(): Promise<void> {
    this.server = await this.launch();
  }

  freeze(): void {
    const { pid } = this.server;
    this.#frozen = freezeProcesses([pid, ...allProcesses().filter((other) => parentOf(other) === pid)]);
  }

  resume(): void {
    this.#frozen?.resume();
  }

  async close(): Promise<void> {
    this.resume();
    await this.server.close();
  }
}

async function openDrillDynamodb(directory: string, closers: Closers): Promise<DrillStore> {
  const port = await freePort();
  const program = {
    name: 'dynamodb',
    port,
    script: 'local/dist/stores/dynamodb-main.js',
    readyPath: '/',
    healthPath: '/',
    environment: { ...systemEnvironment(), PORT: String(port), DIRECTORY: join(directory, 'dynamodb') },
  };
  await mkdir(join(directory, 'logs'));
  const managed = manageProgram(program, directory, openProcessRegistry(directory));
  const replica = closers.add(await openReplica(managed, port));
  return { process: replica, proxy: closers.add(await openTcpProxy(`http://127.0.0.1:${port}`)) };
}

async function openDrillRedis(closers: Closers): Promise<DrillStores['redis']> {
  const server = closers.add(await openRedisServer());
  const proxy = closers.add(await openTcpProxy(server.url));
  let frozen: FrozenProcesses | undefined;
  closers.add({ close: () => frozen?.resume() });
  const pids = () => [server.pid() ?? []].flat();
  return {
    process: {
      name: 'redis',
      kill: () => server.kill(),
      start: () => server.start(),
      freeze: () => void (frozen = freezeProcesses(pids())),
      resume: () => frozen?.resume(),
    },
    proxy,
    server: { ...server, url: proxy.url },
    directUrl: server.url,
  };
}

async function runStatement(url: string, sql: string): Promise<void> {
  // Administers the server also while it only reads.
  const client = new pg.Client({ connectionString: url, options: '-c default_transaction_read_only=off' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function writePassword(file: string): Promise<string> {
  const password = newPassword();
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

function newPassword(): string {
  return randomBytes(16).toString('hex');
}

/** The ids of all processes; empty without /proc. */
function allProcesses(): number[] {
  return existsSync('/proc') ? readdirSync('/proc').map(Number).filter(Boolean) : [];
}
