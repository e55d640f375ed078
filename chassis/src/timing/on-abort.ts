/** Calls the listener when the signal aborts, or at once if it has: it may have aborted during an `await` before. */
export function onAbort(signal: AbortSignal, listener: () => void): void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
}
