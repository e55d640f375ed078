import { startScript } from '../measuring/children.js';
import type { Closable } from '@marquee/chassis/process/closers';

export type Mood = 'well' | 'gone' | 'hung' | 'answers 500' | 'garbage' | '30 s late';

/** Where the services are, and where the mood of the one is told. */
export interface Addresses {
  urls: Record<'steady' | 'ill' | 'mood', string>;
}

/** Two services in a process of their own, so that what is slow there is not slow here. */
export interface Services extends Closable, Addresses {
  become(mood: Mood): Promise<void>;
}

export async function openServices(): Promise<Services> {
  const { said, close } = await startScript<Addresses>('resilience/services', null);
  const { urls } = said;
  return { urls, close, become: async (mood) => void (await fetch(urls.mood, { method: 'PUT', body: mood })) };
}
