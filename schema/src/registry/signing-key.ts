import { readFile } from 'node:fs/promises';
import { type CallerSigner, createCallerSigner } from '@marquee/chassis/identity/caller-signature';
import { z } from 'zod';
import { CommandError } from './command-error.js';

const keyShape = z.looseObject({ kty: z.string(), kid: z.string() });

/** A private key as a JSON Web Key, or the secrets of an embedded run, which contain it. */
const fileShape = z.union([z.object({ callerKey: keyShape }).transform(({ callerKey }) => callerKey), keyShape]);

/** Reads the key with which the gateway signs callers. @throws CommandError if the file does not contain one */
export async function readSigner(file: string): Promise<CallerSigner> {
  const text = await readFile(file, 'utf8').catch((failure: Error) => {
    throw new CommandError(`The signing key cannot be read: ${failure.message}`);
  });
  try {
    return await createCallerSigner(fileShape.parse(JSON.parse(text)));
  } catch {
    throw new CommandError(`${file} contains no private Ed25519 key: expected a JSON Web Key with a kid.`);
  }
}
