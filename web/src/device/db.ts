// A small door to IndexedDB: named stores, promises, nothing else. Keys in it are non-extractable CryptoKey objects.
const VERSION = 1;

export interface Store { name: string; options?: IDBObjectStoreParameters }

export function openDb(name: string, stores: readonly Store[]): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      for (const store of stores) request.result.createObjectStore(store.name, store.options);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export const get = <T>(db: IDBDatabase, store: string, key: IDBValidKey): Promise<T | undefined> =>
  settle(db.transaction(store).objectStore(store).get(key)) as Promise<T | undefined>;

export const all = <T>(db: IDBDatabase, store: string): Promise<T[]> =>
  settle(db.transaction(store).objectStore(store).getAll()) as Promise<T[]>;

/** Writes and waits until the transaction is complete, strictly durable. */
export function write(db: IDBDatabase, store: string, change: (s: IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction(store, "readwrite", { durability: "strict" });
    tx.oncomplete = () => resolve();
    tx.onerror = tx.onabort = () => reject(tx.error);
    change(tx.objectStore(store));
  });
}

export const put = (db: IDBDatabase, store: string, value: unknown, key?: IDBValidKey): Promise<void> =>
  write(db, store, (s) => { s.put(value, key); });
