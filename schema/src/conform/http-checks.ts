import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { timeoutHeader } from '@marquee/chassis/http/request-timeout';
import { compose, CompositionError } from '../compose.js';
import {
  answerTimeoutMs,
  type ConformCheck,
  type ConformTarget,
  send,
  sendText,
  signedGuest,
  Skipped,
  Violation,
} from './target.js';

/** Requirements on HTTP, health, callers and deadlines. */
export const httpChecks: readonly ConformCheck[] = [
  { title: 'its SDL composes', run: async ({ name, url, sdl }) => checkComposition(name, url, sdl) },
  { title: 'GET /health and GET /ready answer 200 without credentials', run: checkHealth },
  { title: 'a query is answered with application/json', run: checkQuery },
  { title: 'an invalid operation is answered with errors, not with a failure', run: checkInvalidOperation },
  { title: 'a body that is not JSON is answered with 4xx', run: checkInvalidBody },
  { title: 'errors contain no stack traces', run: checkStackTraces },
  { title: 'a request with a deadline is answered', run: checkDeadline },
  { title: 'a request without a signed caller is answered with 401', run: checkUnsigned },
  { title: 'a caller signed for another service, or with another key, is answered with 401', run: checkForged },
];

/** The codes of errors that occur only without the other subgraphs of the graph. */
const standaloneErrors = /^(?:EXTERNAL_MISSING_ON_BASE|NO_QUERIES|INTERFACE_OBJECT_USAGE_ERROR):/;

function checkComposition(name: string, url: string, sdl: string): void {
  try {
    compose([{ name, url, sdl }]);
  } catch (failure) {
    if (!(failure instanceof CompositionError)) throw failure;
    const problems = failure.problems.filter((problem) => !standaloneErrors.test(problem));
    if (problems.length > 0) throw new Violation(problems.join('; '));
  }
}

async function checkHealth({ url }: ConformTarget): Promise<void> {
  for (const path of ['/health', '/ready']) {
    const signal = AbortSignal.timeout(answerTimeoutMs);
    const response = await fetch(new URL(path, url), { signal }).catch((failure: Error) => {
      throw new Violation(`${path}: no answer: ${failure.message}`);
    });
    await response.arrayBuffer();
    if (response.status !== 200) throw new Violation(`${path}: expected 200, got ${response.status}`);
  }
}

async function checkQuery(target: ConformTarget): Promise<void> {
  const { status, contentType, body } = await send(target, '{ __typename }');
  if (status !== 200) throw new Violation(`expected 200, got ${status}`);
  if (!/^application\/(graphql-response\+)?json/.test(contentType))
    throw new Violation(`expected application/json, got "${contentType}"`);
  if (body.data?.['__typename'] !== 'Query') throw new Violation('expected { __typename } to be "Query"');
}

async function checkInvalidOperation(target: ConformTarget): Promise<void> {
  const { status, body } = await send(target, '{ conformFieldThatDoesNotExist }');
  if (status >= 500) throw new Violation(`expected 200 or 400, got ${status}: the gateway would count a failure`);
  if (!body.errors?.length) throw new Violation('expected errors');
}

async function checkInvalidBody(target: ConformTarget): Promise<void> {
  const { status } = await sendText(target, '{"query":');
  if (status < 400 || status >= 500) throw new Violation(`expected 4xx, got ${status}`);
}

async function checkStackTraces(target: ConformTarget): Promise<void> {
  const { body } = await send(target, '{ conformFieldThatDoesNotExist }');
  const text = JSON.stringify(body.errors);
  if (/stacktrace|\\n\s+at |Traceback|node_modules/.test(text)) throw new Violation(`got ${text.slice(0, 200)}`);
}

async function checkDeadline(target: ConformTarget): Promise<void> {
  const headers = { ...(await signedGuest(target)), [timeoutHeader]: '5000' };
  const { status } = await send(target, '{ __typename }', { headers });
  if (status !== 200) throw new Violation(`expected 200, got ${status}`);
}

async function checkUnsigned(target: ConformTarget): Promise<void> {
  if (!target.signer) throw new Skipped('needs --signing-key');
  await expectRefusal(target, undefined);
}

async function checkForged(target: ConformTarget): Promise<void> {
  const { name, signer } = target;
  if (!signer) throw new Skipped('needs --signing-key');
  await expectRefusal(target, await signer.sign({ kind: 'guest' }, `not-${name}`));
  const signed = await signer.sign({ kind: 'guest' }, name);
  const [header = '', payload = ''] = signed.split('.');
  await expectRefusal(target, `${header}.${payload}.${Buffer.alloc(64, 1).toString('base64url')}`);
}

async function expectRefusal(target: ConformTarget, caller: string | undefined): Promise<void> {
  const headers: Record<string, string> = caller === undefined ? {} : { [callerHeader]: caller };
  const { status } = await sendText(target, JSON.stringify({ query: '{ __typename }' }), headers);
  if (status !== 401) throw new Violation(`expected 401, got ${status}`);
}
