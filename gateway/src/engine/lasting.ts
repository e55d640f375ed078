/**
 * What was just made is there to stay: it leaves the room for what is young now, in a turn that is as short as there is
 * little of it, or the collector would move much of it at once. Only where Node was started with `--expose-gc`.
 */
export function keepWhatIsNew(): void {
  globalThis.gc?.({ type: 'minor' });
}
