/**
 * Loaded before a program of the embedded run (`node --import`): ties it to the launcher, which holds the other end
 * of its standard input. When the launcher is gone, for whatever reason, the program ends as if it had been asked to.
 */
process.stdin.once('end', stopProgram).once('error', stopProgram).resume();
process.stdin.unref();

/** Milliseconds that the program gets to end by itself. */
const grace = 8_000;

function stopProgram(): void {
  setTimeout(() => process.exit(1), grace).unref();
  process.kill(process.pid, 'SIGTERM');
}
