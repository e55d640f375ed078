/** Ends with 0 when the service of this container answers 200 at the path, `/ready` when none is given. */
const [path = '/ready'] = process.argv.slice(2);

const answer = await fetch(`http://127.0.0.1:${process.env.PORT}${path}`, { signal: AbortSignal.timeout(2_500) }).catch(
  () => undefined,
);
process.exitCode = answer?.status === 200 ? 0 : 1;
