import type { Checks, Command, KeptCommand } from '../record/checks.ts';
import type { SealedText } from '../record/governance.ts';
import type { Database } from './client.ts';

/** What is to be kept with a change: of checks, or of referral packs, each as its table takes it. */
export interface Changes {
  readonly checks: readonly object[];
  readonly packs: readonly object[];
  readonly events: readonly object[];
  readonly contents: readonly (SealedText & { readonly about: string })[];
  readonly texts: readonly SealedText[];
}

/** What `Checks` and `Referrals` do alike: actions that are done once, and in force once the log has them. */
export function createCommands(db: Database) {
  return {
    async save(
      { checks, packs, events, contents, texts }: Changes,
      command: Command | null,
      at: Date,
    ): Promise<'saved' | 'conflict' | 'repeated'> {
      const changes = JSON.stringify({ checks, packs, events });
      const [saved] = await db.$queryRaw<{ result: 'saved' | 'conflict' | 'repeated' }[]>`
        select record.save_changes(${command && JSON.stringify(command)}::jsonb, ${changes}::jsonb,
          ${JSON.stringify(contents.map(inBase64))}::jsonb, ${JSON.stringify(texts.map(inBase64))}::jsonb,
          ${at.toISOString()}::timestamptz) as result`;
      return saved?.result ?? 'conflict';
    },

    async activate(command) {
      await db.$executeRaw`select record.activate_command(${command}::uuid)`;
    },

    async command({ partner, practitioner, idempotencyKey }) {
      const kept = await db.checkCommand.findUnique({
        where: { partner_practitioner_idempotencyKey: { partner, practitioner, idempotencyKey } },
        omit: NOT_OF_THE_PORT,
      });
      return kept && toCommand(kept);
    },

    async unrecorded(before, limit) {
      const rows = await db.$queryRaw<{ id: string }[]>`
        update record.check_command set claimed_until = ${before.toISOString()}::timestamptz + interval '1 minute'
        where id in (
          select id from record.check_command
          where waiting and done_at < ${before.toISOString()}::timestamptz
            and (claimed_until is null or claimed_until <= ${before.toISOString()}::timestamptz)
          order by done_at limit ${limit} for update skip locked
        )
        returning id::text`;
      const kept = await db.checkCommand.findMany({
        where: { id: { in: rows.map(({ id }) => id) } },
        orderBy: { doneAt: 'asc' },
        omit: NOT_OF_THE_PORT,
      });
      return kept.map(toCommand);
    },
  } satisfies Pick<Checks, 'activate' | 'command' | 'unrecorded'> & { save: unknown };
}

const NOT_OF_THE_PORT = { changes: true, claimedUntil: true } as const;

function toCommand({
  doneAt,
  waiting,
  ...command
}: Command & { readonly doneAt: Date; readonly waiting: boolean | null }): KeptCommand {
  return { ...command, at: doneAt, recorded: waiting === null };
}

function inBase64({ sealed, ...text }: SealedText): object {
  return { ...text, sealed: Buffer.from(sealed).toString('base64') };
}
