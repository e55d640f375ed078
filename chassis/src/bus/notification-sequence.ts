import { LRUCache } from 'lru-cache';

/** Numbers the notifications of each topic, so that their receivers notice a lost one when the next one arrives. */
export interface NotificationSequence {
  /** The number of the next notification of this process, from 1. */
  next(topic: string): number;
  /** Takes the number of a received notification. Returns whether notifications before it are missing. */
  isGap(topic: string, origin: string, sequence: number): boolean;
}

/** Topics that a process publishes, and pairs of topic and origin that it receives; the least recently used restart. */
const maxTopics = 50_000;

export function createNotificationSequence(): NotificationSequence {
  const published = new LRUCache<string, number>({ max: maxTopics });
  const received = new LRUCache<string, number>({ max: maxTopics });
  return {
    next(topic) {
      const sequence = (published.get(topic) ?? 0) + 1;
      published.set(topic, sequence);
      return sequence;
    },
    isGap(topic, origin, sequence) {
      const key = `${origin} ${topic}`;
      const last = received.get(key);
      received.set(key, sequence);
      return last !== undefined && sequence > last + 1;
    },
  };
}
