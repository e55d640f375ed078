import { directoryStore } from './directory.js';
import type { RegistryStore } from './store.js';

/** A request that is not answered ends with its connection, and is repeated twice. */
const requestLimits = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    socketTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
};

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
  return bucketStore(new S3Client(requestLimits), hostname, prefix && `${prefix}/`);
}
