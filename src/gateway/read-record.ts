import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRecord, type RecordModel } from '../record/model.ts';

/** The record as the files of a schema folder describe it. `index.graphql` is for composition only. */
export async function readRecord(schemaDir: string): Promise<RecordModel> {
  const files = async (folder: string) =>
    (await readdir(join(schemaDir, folder)))
      .filter((name) => name.endsWith('.graphql'))
      .sort()
      .map((name) => join(folder, name));
  const text = async (path: string) => ({ name: path, text: await readFile(join(schemaDir, path), 'utf8') });
  return buildRecord({
    gateway: await Promise.all(['gateway.graphql', ...(await files('gateway'))].map(text)),
    sources: await Promise.all((await files('sources')).map(text)),
  });
}
