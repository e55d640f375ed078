/**
 * Events that several streams deliver as the same object. What depends on the event and not on the stream, such as its
 * result for a selection, is computed once and kept for as long as the event.
 */
import { getOrCreate } from '../caching/memoize.js';

const results = new WeakMap<object, Map<string, unknown>>();

/** Declares that several streams may deliver this object as an event. */
export function shareEvent<Event extends object>(event: Event): Event {
  if (!results.has(event)) results.set(event, new Map());
  return event;
}

/**
 * Returns a result of an event, which is computed once for each key if the event is shared, and otherwise at each call. It is
 * a promise until it is known. A failed computation is repeated.
 *
 * @param key identifies everything that the result depends on, other than the event
 * @param isFinal whether the result is the same for streams that deliver the event later. Default: always.
 */
export function sharedResult<Result extends object>(
  event: unknown,
  key: string,
  compute: () => Promise<Result>,
  isFinal: (result: Result) => boolean = () => true,
): Promise<Result> | Result {
  const known = typeof event === 'object' && event !== null ? results.get(event) : undefined;
  if (!known) return compute();
  return getOrCreate<string, Promise<Result> | Result>(known as Map<string, Promise<Result> | Result>, key, () => {
    const computing = compute();
    const forget = () => void known.delete(key);
    computing.then((result) => (isFinal(result) ? void known.set(key, result) : forget()), forget);
    return computing;
  });
}
