import { totalmem } from 'node:os';

/** The memory that this process may use, in MiB: that of its container, or of the machine. */
export function memoryLimit(): number {
  // 0, or a number beyond the machine's memory, means that the container has no limit.
  const constrained = process.constrainedMemory() || Infinity;
  return Math.min(constrained, totalmem()) / 1024 / 1024;
}
