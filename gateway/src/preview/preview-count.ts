/** MiB that the gateway itself needs in a small container while it reloads the main graph. */
const gatewayMiB = 240;

/** MiB of an open preview with the thread that plans its operations: 37 were measured with few operations. */
const previewMiB = 45;

/** The share of the memory that may be used, as of every service. */
const usableShare = 0.85;

const maxPreviews = 10;

/**
 * The number of previews that may be open at a time. One is always possible, and one more is open while it replaces another.
 * @param memory of the gateway, in MiB; `Infinity` if there is no limit
 */
export function previewsWithin(memory: number): number {
  const fitting = Math.floor((memory * usableShare - gatewayMiB) / previewMiB) - 1;
  return Math.min(maxPreviews, Math.max(1, fitting));
}
