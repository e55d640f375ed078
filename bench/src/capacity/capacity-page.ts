import { formatFigure } from '../measuring/bar-chart.js';
import { markdownTable } from '../measuring/tables.js';
import { saturated } from './capacity-limits.js';
import {
  type Capacity,
  capacityForRequests,
  capacityForSockets,
  type SocketLoad,
  type TaskSize,
  totalOf,
  utilisation,
} from './capacity-model.js';
import { simulateFanOut } from './fan-out.js';
import type { MeasuredFigures } from './measured-figures.js';

interface Load {
  name: string;
  capacity: Capacity;
}

/** Writes the page of capacities as Markdown. */
export function createCapacityPage(figures: MeasuredFigures): string {
  const requests = requestLoads(figures);
  const sockets = [...socketLoads(figures, 'broadcast'), ...socketLoads(figures, 'private')];
  return (
    [
      '# Capacity',
      introduction,
      '## Requests',
      'Pages of all four services, as `npm run bench graph` requests them, at a constant rate.',
      tableOf(requests),
      saturationOf(requests),
      '## Sockets',
      socketIntroduction,
      tableOf(sockets),
      saturationOf(sockets),
      '## How fast an event spreads',
      fanOutIntroduction,
      fanOutTable(figures),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

const introduction = `Tasks and costs of loads, calculated by \`npm run bench capacity -- --write\` from the figures of \`graph\`, \`crowd\`,
\`quiet\` and \`live\` in [README.md](README.md). The calculation is in \`src/capacity/\`:

- A task runs on average at ${utilisation * 100} % of its CPU. One vCPU of Fargate counts as one CPU of the machine that measured; it may be
  slower, so measure there before you rely on the figures.
- The largest task has one vCPU, since the work of a process runs on one event loop. Every service has at least two tasks.
- The figures of DynamoDB are those of the embedded emulator in time, but not in price: a request costs two read units.
- A request of a signed-in caller runs six scripts of the rate limits in Valkey. Each takes 7.5 µs in \`redis-server\` and counts
  as eight processing units.
- Prices are list prices of US East in 2026, without discounts. Logs, traces, NAT and backups are not included.`;

const socketIntroduction = `Each socket has one stream. All sockets of a broadcast have the same one, with an event per second; a private stream
receives a message per minute. The memory of a gateway and of messaging limits the sockets per task before their CPU does.`;

const fanOutIntroduction = `A simulation with the seed 1: the bus notifies each replica of a service, each gateway has one stream to a replica, completes
the event once, and writes it to its sockets one after the other. A task with half a vCPU may use 50 ms of each period of 100 ms,
then it waits. Milliseconds from the storing of the event:`;

const small: TaskSize = { vcpu: 0.5, gigabytes: 1 };
const large: TaskSize = { vcpu: 1, gigabytes: 2 };
const memoryRich: TaskSize = { vcpu: 1, gigabytes: 8 };

function requestLoads(figures: MeasuredFigures): Load[] {
  return [10, 1_000, 100_000].map((perSecond) => ({
    name: `${perSecond.toLocaleString('en-GB')} requests/s`,
    capacity: capacityForRequests(figures, perSecond, perSecond > 100 ? large : small),
  }));
}

function socketLoads(figures: MeasuredFigures, kind: SocketLoad['kind']): Load[] {
  const eventsPerSecond = kind === 'broadcast' ? 1 : 1 / 60;
  return [10_000, 1_000_000, 10_000_000].map((sockets) => ({
    name: `${sockets.toLocaleString('en-GB')}, ${kind}`,
    capacity: capacityForSockets(figures, { sockets, kind, eventsPerSecond }, sockets > 10_000 ? memoryRich : small),
  }));
}

function tableOf(loads: readonly Load[]): string {
  const row = (name: string, cell: (capacity: Capacity) => string): string[] => [
    name,
    ...loads.map(({ capacity }) => cell(capacity)),
  ];
  const taskNames = [...(loads[0]?.capacity.tasks.keys() ?? [])];
  const costNames = [...(loads[0]?.capacity.dollars.keys() ?? [])];
  return markdownTable([
    ['', ...loads.map(({ name }) => name)],
    row('vCPU and GB of a task', ({ size }) => `${size.vcpu}, ${size.gigabytes}`),
    ...taskNames.map((name) => row(`tasks of ${name}`, ({ tasks }) => whole(tasks.get(name) ?? 0))),
    row('capacity units of Aurora', ({ databaseUnits }) => formatFigure(databaseUnits)),
    row('connections to Aurora', ({ databaseConnections }) => whole(databaseConnections)),
    row('read units of DynamoDB per second', ({ dynamoReadsPerSecond }) => whole(dynamoReadsPerSecond)),
    row('processing units of Valkey per second', ({ cacheUnitsPerSecond }) => whole(cacheUnitsPerSecond)),
    row('capacity units of the load balancer', ({ loadBalancerUnits }) => formatFigure(loadBalancerUnits)),
    ...costNames.map((name) => row(`$ a month: ${name}`, ({ dollars }) => whole(dollars.get(name) ?? 0))),
    row('$ a month', (capacity) => `**${whole(totalOf(capacity))}**`),
  ]);
}

function saturationOf(loads: readonly Load[]): string {
  const lines = loads.flatMap(({ name, capacity }) =>
    saturated(capacity).map(({ limit, share }) => {
      const state = share > 1 ? `needs ${formatFigure(share)} times` : `uses ${whole(share * 100)} % of`;
      return `- **${name}** ${state} the ${limit.name}${share > 1 ? `. ${limit.remedy}` : ', the nearest limit.'}`;
    }),
  );
  return `What saturates first:\n\n${lines.join('\n')}`;
}

function fanOutTable({ broadcastEvent }: MeasuredFigures): string {
  const cases = [10_000, 100_000, 1_000_000].flatMap((readers) =>
    [4, 40, 400].map((gateways) => ({ readers, gateways })),
  );
  const rows = cases.flatMap(({ readers, gateways }) =>
    [0.5, 1].map((vcpu) => {
      const options = { readers, gateways, replicas: Math.max(2, gateways / 10), vcpu, perReader: broadcastEvent };
      const { p50, p99, last } = simulateFanOut({ ...options, perEvent: 1, seed: 1 });
      return [whole(readers), whole(gateways), String(vcpu), ...[p50, p99, last].map(formatFigure)];
    }),
  );
  return markdownTable([['readers', 'gateways', 'vCPU', 'p50', 'p99', 'last'], ...rows]);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}
