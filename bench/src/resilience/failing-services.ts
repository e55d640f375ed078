import { startScript } from '../measuring/child-processes.js';
import type { Closable } from '@marquee/chassis/process/closers';

export type FailureMode = 'well' | 'gone' | 'hung' | 'answers 500' | 'garbage' | '30 s late';

/** Where a service is, and where it is told its mood. */
export interface ServiceAddresses {
  url: string;
  control: string;
}

/** A service that is always well and one that may be ill, each in a process of its own as services are. */
export interface FailingServices extends Closable {
  urls: Record<'steady' | 'ill', string>;
  setFailureMode(mood: FailureMode): Promise<void>;
  close(): Promise<void>;
}

export async function openFailingServices(): Promise<FailingServices> {
  const steady = await startScript<ServiceAddresses>('resilience/failing-service-process', 'steady');
  const ill = await startScript<ServiceAddresses>('resilience/failing-service-process', 'ill');
  return {
    urls: { steady: steady.message.url, ill: ill.message.url },
    setFailureMode: async (mood) => void (await fetch(ill.message.control, { method: 'PUT', body: mood })),
    close: async () => void (await Promise.all([steady.close(), ill.close()])),
  };
}
