import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** What happens to writes below a folder. */
export interface FileFaults {
  /** Called before a file is opened, a mode changed, a name given. @throws what the system would */
  readonly before?: (act: 'open' | 'chmod' | 'rename') => void;
  /** Called in the middle of a text, and before it is brought to the disk. @throws what the system would */
  readonly during?: (act: 'write' | 'sync') => void;
}

/** folder → what happens there */
const faulty = new Map<string, FileFaults>();
let isPatched = false;

/**
 * From now on, writes below this folder fail as told; the returned function ends that. The functions of
 * `node:fs/promises` are replaced for the whole process, and pass on what is for other folders.
 */
export function breakFiles(folder: string, faults: FileFaults): () => void {
  patch();
  faulty.set(folder, faults);
  return () => void faulty.delete(folder);
}

/** An error as the system makes them. */
export function systemError(code: 'ENOSPC' | 'EROFS' | 'EIO'): Error {
  return Object.assign(new Error(`${code}: the test says so`), { code });
}

function faultsAt(path: unknown): FileFaults | null {
  const found = [...faulty].find(([folder]) => String(path).startsWith(folder));
  return found?.[1] ?? null;
}

function patch(): void {
  if (isPatched) return;
  isPatched = true;
  const { chmod, open, rename } = files;
  const own = {
    chmod: async (...given: Parameters<typeof chmod>) => {
      faultsAt(given[0])?.before?.('chmod');
      await chmod(...given);
    },
    rename: async (...given: Parameters<typeof rename>) => {
      faultsAt(given[0])?.before?.('rename');
      await rename(...given);
    },
    open: async (...given: Parameters<typeof open>) => {
      const faults = faultsAt(given[0]);
      // Folders are opened to be brought to the disk.
      if (given[1] !== 'r') faults?.before?.('open');
      const file = await open(...given);
      if (faults === null) return file;
      return {
        close: async () => await file.close(),
        sync: async () => {
          faults.during?.('sync');
          await file.sync();
        },
        writeFile: async (text: string) => {
          await file.writeFile(text.slice(0, text.length / 2));
          faults.during?.('write');
          await file.writeFile(text.slice(text.length / 2));
        },
      };
    },
  };
  Object.assign(files, own);
  syncBuiltinESMExports();
}
