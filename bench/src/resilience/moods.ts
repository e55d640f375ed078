import { startScript } from '../measuring/children.js';
import type { Closable } from '@marquee/chassis/process/closers';

export type Mood = 'well' | 'gone' | 'hung' | 'answers 500' | 'garbage' | '30 s late';

/** Where a service is, and where it is told its mood. */
export interface Addresses {
  url: string;
  mood: string;
}

/** A service that is always well and one that may be ill, each in a process of its own as services are. */
export interface Services extends Closable {
  urls: Record<'steady' | 'ill', string>;
  become(mood: Mood): Promise<void>;
  close(): Promise<void>;
}

export async function openServices(): Promise<Services> {
  const steady = await startScript<Addresses>('resilience/services', 'steady');
  const ill = await startScript<Addresses>('resilience/services', 'ill');
  return {
    urls: { steady: steady.said.url, ill: ill.said.url },
    become: async (mood) => void (await fetch(ill.said.mood, { method: 'PUT', body: mood })),
    close: async () => void (await Promise.all([steady.close(), ill.close()])),
  };
}
