import type { OperationParams } from '../operation-params.js';

/**
 * Bytes of a request for one cost unit. The texts that take longest to check, long runs of emoji and joiners, take a
 * service 80 microseconds per kB; a unit is 20 microseconds.
 */
const bytesPerUnit = 256;

/** Bytes that cost nothing: the document of a usual page, or a message. */
const freeBytes = 4_096;

/** Cost units of reading, checking and passing on the parameters of a request. */
export function inputUnits(params: OperationParams): number {
  return Math.max(0, Math.ceil((inputBytes(params) - freeBytes) / bytesPerUnit));
}

/** Quotes, a comma, and a colon; also the size of a number. */
const punctuationBytes = 4;

/** The bytes of the parameters as JSON, approximately. Not recursive, since a client may nest them as deep as it likes. */
function inputBytes({ query, variables, extensions }: OperationParams): number {
  const values: unknown[] = [query, variables, extensions];
  let bytes = 0;
  while (values.length > 0) {
    const value = values.pop();
    bytes += punctuationBytes;
    if (typeof value === 'string') bytes += Buffer.byteLength(value);
    else if (Array.isArray(value)) for (const item of value) values.push(item);
    else if (typeof value === 'object' && value !== null)
      for (const [name, item] of Object.entries(value)) {
        bytes += name.length;
        values.push(item);
      }
  }
  return bytes;
}
