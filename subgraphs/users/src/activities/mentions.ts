import { v7 } from 'uuid';

/** Users that one activity may mention. Further ones are not notified. */
const maxMentions = 10;

/** The handles that a text mentions, and the ids of the notifications about it: two lists of the same length. */
export interface Mentions {
  handles: string[];
  notificationIds: string[];
}

/** Finds `@handle` in a text. An email address is no mention. */
export function findMentions(message: string): Mentions {
  const found = [...message.matchAll(/(?<![\w@.])@(\w{3,30})(?!\w)/g)].map(([, handle = '']) => handle.toLowerCase());
  const handles = [...new Set(found)].slice(0, maxMentions);
  return { handles, notificationIds: handles.map(() => v7()) };
}
