import { formatCheckpoint } from './checkpoint.ts';
import { type Signer, signNote } from './note.ts';
import { type Frontier, rootOf } from './tree.ts';

/** A tree as it was signed. */
export interface SignedTree {
  readonly tree: Frontier;
  /** A signed note, whose text is a checkpoint of the tree. */
  readonly note: string;
}

/** Keeps the trees of the log that are committed signed: soon, in order, and kept before they are shown. */
export interface Checkpointer {
  /** The newest signed note; null before the first. */
  latest(): string | null;
  /** To be told of every tree once it is committed. */
  grew(tree: Frontier): void;
  /** Resolves when the newest tree is signed and kept. @throws what `keep` throws */
  flush(): Promise<void>;
  /** Signs no more. */
  close(): void;
}

export interface CheckpointerOptions {
  readonly signer: Signer;
  /** Where the log was left off; null for one that was never signed. */
  readonly last: SignedTree | null;
  /** Resolves once the signed tree is durable. */
  readonly keep: (signed: SignedTree) => Promise<void>;
  /** Told of each failure to keep one. It is tried again. */
  readonly failed: (error: unknown) => void;
  /** A tree is signed once so many entries are not, or after so long: half of the second that is promised. */
  readonly limits?: { readonly entries: number; readonly milliseconds: number };
}

export function createCheckpointer({
  signer,
  last,
  keep,
  failed,
  limits = { entries: 256, milliseconds: 500 },
}: CheckpointerOptions): Checkpointer {
  let signed = last;
  let newest = last?.tree ?? null;
  let signing: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let closed = false;

  const unsigned = () => (newest?.size ?? 0) - (signed?.tree.size ?? 0);

  /** Never two at once: the sizes that are signed only grow. */
  function sign(): Promise<void> {
    signing ??= signNewest().finally(() => {
      signing = null;
    });
    return signing;
  }

  async function signNewest(): Promise<void> {
    if (newest === null || unsigned() <= 0) return;
    const next = signTree(newest, signer);
    await keep(next);
    signed = next;
  }

  function signNow(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    sign().then(wake, (error: unknown) => {
      failed(error);
      signLater();
    });
  }

  function signLater(): void {
    if (!closed) timer ??= setTimeout(signNow, limits.milliseconds);
  }

  function wake(): void {
    if (closed || signing !== null || unsigned() <= 0) return;
    if (unsigned() >= limits.entries) signNow();
    else signLater();
  }

  return {
    latest: () => signed?.note ?? null,
    grew(tree) {
      if (newest !== null && tree.size <= newest.size) return;
      newest = tree;
      wake();
    },
    async flush() {
      while (unsigned() > 0) await sign();
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** The checkpoint of a tree, as the log of this key signs it. */
export function signTree(tree: Frontier, signer: Signer): SignedTree {
  const text = formatCheckpoint({ origin: signer.name, size: tree.size, root: rootOf(tree) });
  return { tree, note: signNote(text, signer) };
}
