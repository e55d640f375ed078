/** Texts by key, where several publishers may write at once. Keys are paths with `/`. */
export interface RegistryStore {
  read(key: string): Promise<string | undefined>;
  /** Writes a key that is not there yet, whole or not at all; false when it is there already. */
  create(key: string, text: string): Promise<boolean>;
  /** Writes a key, whole or not at all, whatever was there. */
  replace(key: string, text: string): Promise<void>;
  /** The keys that begin so, in order. */
  list(prefix: string): Promise<string[]>;
}
