/** Maximum characters of a line between chunks. */
const maxLine = 4 * 1024;

/** Reads a body in chunks (RFC 9112, section 7.1), which says itself where it ends. */
export class ChunkedBody {
  readonly parts: Buffer[] = [];
  /** The size of the body so far. */
  bytes = 0;
  /** Whether bytes follow after the body. */
  hasMore = false;
  #line = '';
  /** The bytes of the current chunk that are missing; undefined between chunks. */
  #missing: number | undefined;
  /** Whether the line that ends a chunk is next, or, after the last chunk, its trailers. */
  #state: 'size' | 'end of chunk' | 'trailers' = 'size';

  /** Adds bytes, which may change afterwards. Returns whether the body is complete. @throws Error if it is malformed */
  add(bytes: Buffer): boolean {
    for (let index = 0; index < bytes.length;) {
      if (this.#missing === undefined) {
        const end = bytes.indexOf(0x0a, index);
        this.#line += bytes.toString('latin1', index, end < 0 ? bytes.length : end + 1);
        if (this.#line.length > maxLine) throw malformed();
        if (end < 0) return false;
        index = end + 1;
        if (!this.#endLine()) continue;
        this.hasMore = index < bytes.length;
        return true;
      }
      const part = Buffer.from(bytes.subarray(index, index + this.#missing));
      index += part.length;
      this.#addPart(part, this.#missing - part.length);
    }
    return false;
  }

  #addPart(part: Buffer, missing: number): void {
    this.parts.push(part);
    this.bytes += part.length;
    if (missing === 0) this.#state = 'end of chunk';
    this.#missing = missing === 0 ? undefined : missing;
  }

  /** Returns whether it was the last line. */
  #endLine(): boolean {
    if (!this.#line.endsWith('\r\n')) throw malformed();
    const text = this.#line.slice(0, -2);
    this.#line = '';
    if (this.#state === 'trailers') return text === '';
    if (this.#state === 'size') this.#startChunk(text);
    else if (text === '') this.#state = 'size';
    else throw malformed();
    return false;
  }

  /** @param line the size in hexadecimal digits, and extensions, which are ignored */
  #startChunk(line: string): void {
    const [, digits] = /^([\da-f]{1,8})[ \t]*(?:;|$)/i.exec(line) ?? [];
    if (digits === undefined) throw malformed();
    const size = parseInt(digits, 16);
    if (size === 0) this.#state = 'trailers';
    else this.#missing = size;
  }
}

function malformed(): Error {
  return new Error('A chunk of the response is malformed.');
}
