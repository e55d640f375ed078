import { directoryStore } from './directory.js';
import type { RegistryStore } from './store.js';

/**
 * Opens the registry at an address.
 * @param address `s3://bucket/prefix`, or the path of a directory
 */
export async function openRegistry(address: string): Promise<RegistryStore> {
  if (!address.startsWith('s3://')) return directoryStore(address);
  // Loads the SDK only if it is needed.
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { bucketStore } = await import('./bucket.js');
  const { hostname, pathname } = new URL(address);
  const prefix = pathname.replace(/^\/|\/$/g, '');
  return bucketStore(new S3Client({}), hostname, prefix && `${prefix}/`);
}
