import { workHeader } from '@marquee/chassis/http/request-work';
import { ChunkedBody } from './chunked-body.js';
import { type ResponseHeaders, ResponseTooLarge, type ServiceResponse } from './service-client.js';

/** Maximum bytes of the headers of a response. */
const maxHeadBytes = 16 * 1024;

/** Milliseconds by which a connection ends before the service closes it. */
const keepAliveMarginMs = 1_000;

/** The headers that are read. All others are ignored. */
const readHeaders = new Set([
  ...['content-length', 'transfer-encoding', 'connection', 'keep-alive'],
  ...['cache-control', 'age', workHeader],
]);

interface Head {
  status: number;
  headers: ResponseHeaders;
  /** Of the body; undefined for a body that says itself where it ends, or that ends with the connection. */
  length: number | undefined;
}

/** Reads the responses of one connection (RFC 9112), one after the other. */
export class ResponseReader {
  /** Milliseconds for which the connection can be used for another request; 0 if it cannot. */
  keepAliveMs = 0;
  /** The beginning of the headers, if they arrive in parts. */
  #beginning: Buffer | undefined;
  #head: Head | undefined;
  #chunked: ChunkedBody | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /**
   * Reads some bytes, which may change afterwards. Returns the response once it is complete.
   * @throws ResponseTooLarge, or Error if this is no response of HTTP/1
   */
  read(bytes: Buffer): ServiceResponse | undefined {
    if (this.#head) return this.#readBody(this.#head, bytes);
    const all = this.#beginning ? Buffer.concat([this.#beginning, bytes]) : bytes;
    const end = all.indexOf('\r\n\r\n');
    if (end > maxHeadBytes || (end < 0 && all.length > maxHeadBytes)) throw new Error('The headers are too large.');
    this.#beginning = end < 0 ? Buffer.from(all) : undefined;
    if (end < 0) return undefined;
    const head = parseHead(all.toString('latin1', 0, end));
    const rest = all.subarray(end + 4);
    // An interim response comes before the response.
    if (head.status < 200) return rest.length > 0 ? this.read(rest) : undefined;
    this.#start(head);
    return this.#readBody(head, rest);
  }

  /** The connection has ended, and with it the body of a response without a length. */
  end(): ServiceResponse | undefined {
    const isOpenEnded = this.#head && this.#head.length === undefined && !this.#chunked;
    return this.#head && isOpenEnded ? this.#finish(this.#head, Buffer.concat(this.#parts)) : undefined;
  }

  #start(head: Head): void {
    const { headers, length = 0 } = head;
    if (length > this.maxBytes) throw tooLarge(this.maxBytes);
    this.#head = head;
    const isChunked = head.length === undefined && headers['transfer-encoding'] !== undefined;
    this.#chunked = isChunked ? new ChunkedBody() : undefined;
    this.keepAliveMs = head.length === undefined && !this.#chunked ? 0 : keepAliveMsOf(headers);
  }

  #readBody(head: Head, bytes: Buffer): ServiceResponse | undefined {
    if (this.#chunked) return this.#readChunks(head, this.#chunked, bytes);
    this.#bytes += bytes.length;
    if (this.#bytes > this.maxBytes) throw tooLarge(this.maxBytes);
    const missing = (head.length ?? Infinity) - this.#bytes;
    // More than the body is not a response to any request.
    if (missing < 0) this.keepAliveMs = 0;
    if (missing <= 0 && this.#parts.length === 0) return this.#finish(head, bytes.subarray(0, head.length));
    if (bytes.length > 0) this.#parts.push(Buffer.from(bytes));
    return missing > 0 ? undefined : this.#finish(head, Buffer.concat(this.#parts, head.length));
  }

  #readChunks(head: Head, body: ChunkedBody, bytes: Buffer): ServiceResponse | undefined {
    const isComplete = body.add(bytes);
    if (body.bytes > this.maxBytes) throw tooLarge(this.maxBytes);
    if (body.hasMore) this.keepAliveMs = 0;
    return isComplete ? this.#finish(head, Buffer.concat(body.parts)) : undefined;
  }

  #finish({ status, headers }: Head, body: Buffer): ServiceResponse {
    [this.#head, this.#chunked, this.#parts, this.#bytes] = [undefined, undefined, [], 0];
    return { status, headers, text: body.toString(), bytes: body.length };
  }
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |\r\n|$)/;

/** @throws Error if it is no response of HTTP/1, or its length is ambiguous */
function parseHead(text: string): Head {
  const [, minor, code] = statusLine.exec(text) ?? [];
  if (code === undefined) throw new Error('This is no response of HTTP/1.');
  const headers: Record<string, string | undefined> = minor === '0' ? { connection: 'close' } : {};
  for (let start = text.indexOf('\r\n'); start >= 0;) {
    const end = text.indexOf('\r\n', start + 2);
    addHeader(headers, text.slice(start + 2, end < 0 ? text.length : end));
    start = end;
  }
  const status = Number(code);
  if (status === 101) throw new Error('The protocol was not to be changed.');
  const length = lengthOf(headers);
  if (status !== 204 && status !== 304) return { status, headers, length };
  // It has no body. One that follows nevertheless must not be read as the next response.
  if (headers['transfer-encoding'] !== undefined || length) headers['connection'] = 'close';
  return { status, headers, length: 0 };
}

const blank = 0x20;

/** @throws Error if the line is malformed */
function addHeader(headers: Record<string, string | undefined>, line: string): void {
  const colon = line.indexOf(':');
  // If it were ignored, it might hide a length that others see.
  if (colon < 1 || line.charCodeAt(0) <= blank || line.charCodeAt(colon - 1) <= blank)
    throw new Error('A header of the response is malformed.');
  const name = line.slice(0, colon).toLowerCase();
  if (!readHeaders.has(name)) return;
  const value = line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '');
  const known = headers[name];
  headers[name] = known === undefined ? value : `${known}, ${value}`;
}

/** Undefined if the body says itself where it ends, or ends with the connection. */
function lengthOf({ 'content-length': text, 'transfer-encoding': encoding }: ResponseHeaders): number | undefined {
  if (encoding !== undefined && (text !== undefined || encoding.toLowerCase() !== 'chunked'))
    throw new Error('The length of the response is ambiguous.');
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Error('The length of the response is invalid.');
  return Number(text);
}

function keepAliveMsOf({ connection = '', 'keep-alive': hint }: ResponseHeaders): number {
  if (/\bclose\b/i.test(connection)) return 0;
  const [, seconds] = /\btimeout=(\d+)/i.exec(hint ?? '') ?? [];
  return seconds === undefined ? Infinity : Number(seconds) * 1000 - keepAliveMarginMs;
}

function tooLarge(maxBytes: number): ResponseTooLarge {
  return new ResponseTooLarge(`The response has more than ${maxBytes} bytes.`);
}
