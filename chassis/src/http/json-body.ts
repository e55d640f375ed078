import type { IncomingMessage } from 'node:http';
import type { JsonTextCodec } from '../json/lossless-json.js';

/** A request body was rejected; `status` is the HTTP status of the response. */
export class BodyError extends Error {
  constructor(
    readonly status: 400 | 413 | 415,
    message: string,
  ) {
    super(message);
    this.name = 'BodyError';
  }
}

/**
 * Reads a JSON body of at most `limit` bytes. An absent body is `undefined`.
 * @throws BodyError: 413 if it is larger, 415 if it is compressed, 400 if it is not JSON in UTF-8
 */
export async function readJsonBody(
  request: IncomingMessage,
  limit: number,
  codec?: Pick<JsonTextCodec, 'decode'>,
): Promise<unknown> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new BodyError(415, `Send the body without content-encoding; it was "${encoding}".`);
  const bytes = await readBytes(request, limit);
  if (bytes.length === 0) return undefined;
  try {
    const text = utf8.decode(bytes);
    return JSON.parse(codec ? codec.decode(text) : text);
  } catch (failure) {
    throw new BodyError(400, `The body is not JSON: ${(failure as Error).message}`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** With events: nearly every body is a single chunk, and an async iterator would cost more than the rest of the reading. */
function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) return void chunks.push(chunk);
      request.removeAllListeners('data').pause();
      reject(new BodyError(413, `The body is larger than ${limit} bytes.`));
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => {
      if (!request.readableEnded) reject(new BodyError(400, 'The body is incomplete.'));
    });
  });
}
