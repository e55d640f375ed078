import { startScript } from '../measuring/child-processes.js';
import type { Closable } from '@marquee/chassis/process/closers';

export type FailureMode =
  'healthy' | 'connection reset' | 'no response' | 'HTTP 500' | 'invalid response' | '30 s delay';

/** The GraphQL endpoint of a service, and the endpoint that sets its failure mode. */
export interface ServiceAddresses {
  url: string;
  control: string;
}

/** A service that is always healthy and one with a settable failure mode, each in its own process. */
export interface FailingServices extends Closable {
  urls: Record<'stable' | 'unstable', string>;
  setFailureMode(mode: FailureMode): Promise<void>;
  close(): Promise<void>;
}

export async function openFailingServices(): Promise<FailingServices> {
  const stable = await startScript<ServiceAddresses>('resilience/failing-service-process', 'stable');
  const unstable = await startScript<ServiceAddresses>('resilience/failing-service-process', 'unstable');
  return {
    urls: { stable: stable.message.url, unstable: unstable.message.url },
    setFailureMode: async (mode) => void (await fetch(unstable.message.control, { method: 'PUT', body: mode })),
    close: async () => void (await Promise.all([stable.close(), unstable.close()])),
  };
}
