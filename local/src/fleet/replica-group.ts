import type { Closers } from '@marquee/chassis/process/closers';
import { freePort } from '@marquee/testkit/ports';
import type { Program } from '../launcher/program.js';
import { type LoadBalancer, openLoadBalancer } from './load-balancer.js';
import type { Replica } from './replica.js';

/** The replicas of one service behind a load balancer. */
export interface ReplicaGroup {
  balancer: LoadBalancer;
  replicas: readonly Replica[];
  /** Replaces all replicas by another build, one after the other: each new one is ready before an old one stops. */
  replaceAll(build: Pick<Program, 'script' | 'environment'>): Promise<void>;
}

export interface ReplicaGroupOptions {
  program: Program;
  size: number;
  /** Starts a replica. */
  startReplica(program: Program): Promise<Replica>;
  closers: Closers;
}

/** Starts the replicas of a service. */
export async function openReplicaGroup(options: ReplicaGroupOptions): Promise<ReplicaGroup> {
  const { program, size, startReplica, closers } = options;
  const balancer = closers.add(await openLoadBalancer());
  let started = 0;
  const replicas = await Promise.all(Array.from({ length: size }, () => launch(program)));
  return {
    balancer,
    replicas,
    async replaceAll({ script, environment }) {
      const newer = { ...program, script, environment: { ...program.environment, ...environment } };
      for (const [index, old] of replicas.entries()) {
        replicas[index] = await launch(newer);
        balancer.removeReplica(old.port);
        const exit = await old.terminate();
        if (exit !== 'exit code 0') throw new Error(`${old.name} did not shut down cleanly: ${exit}`);
      }
    },
  };

  async function launch(build: Program): Promise<Replica> {
    started += 1;
    const name = `${build.name}-${started}`;
    const port = await freePort();
    const environment = { ...build.environment, PORT: String(port) };
    const replica = closers.add(await startReplica({ ...build, name, port, environment }));
    balancer.addReplica(port);
    return replica;
  }
}
