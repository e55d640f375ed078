/** Exits with 0 if the service of this container responds 200 to a path, `/ready` by default. */
const [path = '/ready'] = process.argv.slice(2);

const response = await fetch(`http://127.0.0.1:${process.env.PORT}${path}`, {
  signal: AbortSignal.timeout(2_500),
}).catch(() => undefined);
process.exitCode = response?.status === 200 ? 0 : 1;
