import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { UploadFormError, type UploadPolicy } from './upload-policy.js';

/** A form that was let in, whole. */
export interface UploadForm {
  policy: UploadPolicy;
  bytes: Buffer;
}

/** Finds the policy of a form by its fields, or throws a FormRefusal; nothing of the file is read before. */
type Admission = (fields: ReadonlyMap<string, string>) => UploadPolicy;

/**
 * Receives a multipart/form-data body: fields, then one part named `file`, whose own name and type do not count.
 * @throws FormRefusal when it is not admitted, larger than its policy lets it be, or no such form
 */
export async function parseUploadForm(request: IncomingMessage, admit: Admission): Promise<UploadForm> {
  const parser = parserOf(request);
  return new Promise((resolve, reject) => {
    const refuse = (problem: string) => reject(malformed(problem));
    const fields = fieldsOf(parser, refuse);
    let form: Promise<UploadForm> | undefined;
    parser.on('file', (_, stream) => {
      form = fileOf(stream, () => admit(fields));
      form.catch(reject);
    });
    parser.on('finish', () => {
      if (form === undefined) refuse('It has no part named "file".');
      else form.then(resolve, reject);
    });
    parser.on('error', () => refuse('It is not a whole form.'));
    request.on('close', () => request.complete || refuse('It ended early.')).pipe(parser);
  });
}

/** The fields as they come in; what a field says must be beyond doubt. */
function fieldsOf(parser: BusboyInstance, refuse: (problem: string) => void): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  parser.on('field', (name, value, nameCut, valueCut) => {
    if (nameCut || valueCut || fields.has(name)) refuse(`The field "${name}" is too long or comes twice.`);
    fields.set(name, value);
  });
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => refuse('It has more fields or files than an upload needs.'));
  return fields;
}

async function fileOf(stream: BusboyFileStream, admitted: () => UploadPolicy): Promise<UploadForm> {
  try {
    const policy = admitted();
    return { policy, bytes: await contentOf(stream, policy.bytes) };
  } catch (failure) {
    stream.resume();
    throw failure instanceof UploadFormError ? failure : malformed('It is not a whole form.');
  }
}

function parserOf(request: IncomingMessage): BusboyInstance {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) throw malformed('Send it as multipart/form-data.');
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
    throw malformed('Its content type names no boundary.');
  }
}

/** What is too large is read on and dropped: a client that is still sending would not see the answer. */
async function contentOf(stream: BusboyFileStream, limit: number): Promise<Buffer> {
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) chunks = [];
    else chunks.push(chunk);
  }
  if (length > limit)
    throw new UploadFormError(400, 'EntityTooLarge', `The file has more than the ${limit} bytes that were announced.`);
  if (length === 0) throw new UploadFormError(400, 'EntityTooSmall', 'The file is empty.');
  return Buffer.concat(chunks);
}

function malformed(problem: string): UploadFormError {
  return new UploadFormError(400, 'MalformedPOSTRequest', problem);
}
