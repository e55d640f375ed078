/** Frames of WebSockets as a server sends them: whole and unmasked (RFC 6455, section 5.2). */

/** A ping without a payload. */
export const pingFrame = Buffer.from([0x89, 0]);

/** The first byte of a frame that is a whole text message. */
const wholeText = 0x81;

/** Lengths of payloads above which the header has two and eight further bytes. */
const [shortLength, mediumLength] = [125, 0xffff];

const nothing = Buffer.alloc(0);

/**
 * A text message that consists of three parts. The middle one is UTF-8, so that text that many messages have in common is
 * encoded once.
 */
export function textFrame(start: string, middle: Buffer = nothing, end = ''): Buffer {
  const startLength = Buffer.byteLength(start);
  const length = startLength + middle.length + Buffer.byteLength(end);
  const headerLength = headerLengthFor(length);
  const frame = Buffer.allocUnsafe(headerLength + length);
  writeHeader(frame, length);
  frame.write(start, headerLength);
  middle.copy(frame, headerLength + startLength);
  if (end !== '') frame.write(end, headerLength + startLength + middle.length);
  return frame;
}

function headerLengthFor(length: number): number {
  if (length <= shortLength) return 2;
  return length <= mediumLength ? 4 : 10;
}

function writeHeader(frame: Buffer, length: number): void {
  frame[0] = wholeText;
  if (length <= shortLength) {
    frame[1] = length;
  } else if (length <= mediumLength) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
}
