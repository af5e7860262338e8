/**
 * Loaded before a gateway, whose machine's clock then goes wrong: at each SIGUSR2 it reads from the file that
 * CHAOS_CLOCK_FILE names how many milliseconds it is to be off.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

const Sound = globalThis.Date;
let off = 0;
process.on('SIGUSR2', () => {
  off = Number(readFileSync(process.env['CHAOS_CLOCK_FILE'] ?? '', 'utf8'));
});

globalThis.Date = new Proxy(Sound, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [Sound.now() + off] : given, newTarget),
  get: (target, key) => (key === 'now' ? () => Sound.now() + off : Reflect.get(target, key)),
});
