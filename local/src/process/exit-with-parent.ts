/**
 * Preloaded into every program of the embedded run (`node --import`). The launcher holds the other end of the program's
 * standard input: when the launcher ends for any reason, the input closes and the program shuts down gracefully.
 */
process.stdin.once('end', stopProgram).once('error', stopProgram).resume();
process.stdin.unref();

/** Milliseconds between SIGTERM and a forced exit. */
const gracePeriod = 8_000;

function stopProgram(): void {
  setTimeout(() => process.exit(1), gracePeriod).unref();
  process.kill(process.pid, 'SIGTERM');
}
