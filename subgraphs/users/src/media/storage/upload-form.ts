import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { UploadFormError, type UploadPolicy } from './upload-policy.js';

/** An accepted form. */
export interface UploadForm {
  policy: UploadPolicy;
  bytes: Buffer;
}

/** Returns the policy of a form from its fields, before the file is read. Throws an UploadFormError to reject the form. */
type VerifyFields = (fields: ReadonlyMap<string, string>) => UploadPolicy;

/**
 * Parses a multipart/form-data body: the fields, followed by one part named `file`. The file name and type of that part
 * are ignored.
 * @throws UploadFormError if the form is malformed, is rejected, or is larger than its policy permits
 */
export async function parseUploadForm(request: IncomingMessage, verify: VerifyFields): Promise<UploadForm> {
  const parser = createParser(request);
  return new Promise((resolve, reject) => {
    const rejectForm = (problem: string) => reject(malformed(problem));
    const fields = collectFields(parser, rejectForm);
    let form: Promise<UploadForm> | undefined;
    parser.on('file', (_, stream) => {
      form = readFile(stream, () => verify(fields));
      form.catch(reject);
    });
    parser.on('finish', () => {
      if (form === undefined) rejectForm('The form has no part named "file".');
      else form.then(resolve, reject);
    });
    parser.on('error', () => rejectForm('The form is incomplete.'));
    request.on('close', () => request.complete || rejectForm('The request ended early.')).pipe(parser);
  });
}

/** Collects the fields as they arrive. Truncated and duplicate fields are rejected, because they would be ambiguous. */
function collectFields(parser: BusboyInstance, rejectForm: (problem: string) => void): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  parser.on('field', (name, value, nameTruncated, valueTruncated) => {
    if (nameTruncated || valueTruncated || fields.has(name))
      rejectForm(`The field "${name}" is too long or a duplicate.`);
    fields.set(name, value);
  });
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => rejectForm('The form has too many fields or files.'));
  return fields;
}

async function readFile(stream: BusboyFileStream, verify: () => UploadPolicy): Promise<UploadForm> {
  try {
    const policy = verify();
    return { policy, bytes: await readContent(stream, policy.bytes) };
  } catch (failure) {
    stream.resume();
    throw failure instanceof UploadFormError ? failure : malformed('The form is incomplete.');
  }
}

function createParser(request: IncomingMessage): BusboyInstance {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) throw malformed('The content type must be multipart/form-data.');
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      isPartAFile: (name) => name === 'file',
      limits: {
        fieldNameSize: 100,
        fieldSize: 8_192,
        fields: 20,
        files: 1,
        parts: 21,
        headerPairs: 20,
        headerSize: 8_192,
      },
    });
  } catch {
    throw malformed('The content type has no boundary.');
  }
}

/** Reads a file that is too large to its end and drops it: a client that is still sending would not read the response. */
async function readContent(stream: BusboyFileStream, maxBytes: number): Promise<Buffer> {
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) chunks = [];
    else chunks.push(chunk);
  }
  if (length > maxBytes)
    throw new UploadFormError(400, 'EntityTooLarge', `The file is larger than the declared ${maxBytes} bytes.`);
  if (length === 0) throw new UploadFormError(400, 'EntityTooSmall', 'The file is empty.');
  return Buffer.concat(chunks);
}

function malformed(problem: string): UploadFormError {
  return new UploadFormError(400, 'MalformedPOSTRequest', problem);
}
