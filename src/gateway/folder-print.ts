import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders of a policy folder that hold policy. */
const FOLDERS = ['.', 'roles', 'agreements'];

/**
 * One text for one state of a policy folder's files: where they really are, and each one's number, size and time of its
 * last change. No content is read.
 */
export async function folderPrint(folder: string): Promise<string> {
  const prints = await Promise.all(FOLDERS.map((name) => printOf(join(folder, name))));
  return prints.join('\n');
}

async function printOf(folder: string): Promise<string> {
  try {
    const names = (await readdir(folder)).filter((name) => /\.(yaml|yml|md)$/.test(name)).sort();
    const files = await Promise.all(
      names.map(async (name) => {
        const file = await stat(join(folder, name)).catch(() => null);
        return file ? `${name} ${file.ino} ${file.size} ${file.ctimeMs}` : `${name} gone`;
      }),
    );
    return [await realpath(folder), ...files].join('\n');
  } catch {
    return 'gone';
  }
}
