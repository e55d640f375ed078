/** A key-value store of texts with concurrent writers. Keys are paths separated by `/`. */
export interface RegistryStore {
  read(key: string): Promise<string | undefined>;
  /** Writes a new key atomically. Returns false if the key exists. */
  create(key: string, text: string): Promise<boolean>;
  /** Writes a key atomically, whether or not it exists. */
  replace(key: string, text: string): Promise<void>;
  /** The keys with this prefix, sorted. */
  list(prefix: string): Promise<string[]>;
}
