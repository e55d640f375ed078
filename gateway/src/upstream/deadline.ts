/** The time that one answer has, with all attempts at it. */
export interface Deadline {
  /** Aborted with a TimeoutError when the time is over, and with an AbortError when the client has left before. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  left(): number;
  /** The answer is there. */
  end(): void;
}

/** @param client aborted when nobody waits for the answer any more */
export function openDeadline(milliseconds: number, client?: AbortSignal): Deadline {
  const at = performance.now() + milliseconds;
  const controller = new AbortController();
  const leave = () => controller.abort(new DOMException('The client has left.', 'AbortError'));
  const timer = setTimeout(() => controller.abort(new DOMException('The time is over.', 'TimeoutError')), milliseconds);
  if (client?.aborted) leave();
  client?.addEventListener('abort', leave);
  return {
    signal: controller.signal,
    left: () => at - performance.now(),
    end() {
      clearTimeout(timer);
      client?.removeEventListener('abort', leave);
    },
  };
}
