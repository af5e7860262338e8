import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRecord, type RecordModel } from '../record/model.ts';

/** The record as the files of a schema folder describe it. `index.graphql` is for composition only. */
export async function readRecord(schemaDir: string): Promise<RecordModel> {
  const sourceFiles = (await readdir(join(schemaDir, 'sources'))).filter((name) => name.endsWith('.graphql')).sort();
  const text = async (path: string) => ({ name: path, text: await readFile(join(schemaDir, path), 'utf8') });
  return buildRecord({
    gateway: await text('gateway.graphql'),
    sources: await Promise.all(sourceFiles.map((name) => text(join('sources', name)))),
  });
}
