/** MiB of a semi-space of the young generation by the smallest memory for it, in MiB. */
const semiSpaces = [
  { memory: 1_536, size: 32 },
  { memory: 768, size: 16 },
  { memory: 0, size: 8 },
] as const;

/** The share of the memory that long-lived objects of the main thread may use. The rest is for buffers, code and threads. */
const oldSpaceShare = 0.45;

/**
 * The options of Node for a service that may use this much memory, in MiB. V8 knows nothing of a container's limit: with
 * its defaults, the system ends the process before V8 collects garbage with effort.
 *
 * A large young generation saves the gateway CPU time: a quarter per page with semi-spaces of 32 MiB. It consists of three
 * of them, and setting the minimum too keeps V8 from shrinking it when idle. The gateway triggers minor collections itself
 * after allocating long-lived objects, which needs `--expose-gc`.
 *
 * @param memory `Infinity` if there is no limit
 */
export function nodeOptions(memory: number): string[] {
  const size = semiSpaces.find((entry) => memory >= entry.memory)?.size ?? 8;
  const limit = memory === Infinity ? [] : [`--max-old-space-size=${Math.floor(memory * oldSpaceShare)}`];
  return [
    '--enable-source-maps',
    '--expose-gc',
    `--min-semi-space-size=${size}`,
    `--max-semi-space-size=${size}`,
    ...limit,
  ];
}
