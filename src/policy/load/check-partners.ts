import { didYouMean } from '../../record/problem.ts';
import { ARRANGEMENT, gatewayOf } from './check-law.ts';
import { checkSpan } from './day.ts';
import type { PartnersFile } from './files.ts';
import { type Check, checkAllKnown, checkKnown } from './names.ts';
import type { Path, Yaml } from './yaml.ts';

export function checkPartners(check: Check): void {
  const { partners: file } = check.files;
  if (file === null) return;
  const { partners, schemes = {} } = file.content;
  for (const [code, { holds, classified = {} }] of Object.entries(partners)) {
    const path = ['partners', code];
    if (holds !== undefined) checkKnown(check, 'source type', file, [...path, 'holds'], holds);
    for (const [power, word] of Object.entries(classified)) {
      const at = [...path, 'classified', power];
      checkKnown(check, 'legal gateway', file, at, power, 'key');
      const gateway = gatewayOf(check, power);
      if (gateway === undefined) continue;
      const words = new Set(gateway.flows?.flatMap(({ from, to }) => [from, to]));
      words.delete('any');
      if (words.has(word)) continue;
      check.report(file.problemAt(at, `${power} has no flow from or to ${word}${didYouMean(word, words)}`));
    }
    checkArrangement(check, file, path, code);
  }
  for (const [scheme, members] of Object.entries(schemes)) {
    if (Object.hasOwn(partners, scheme)) {
      check.report(file.problemAt(['schemes', scheme], `${scheme} is a partner's code already`, 'key'));
    }
    checkAllKnown(check, 'partner', file, ['schemes', scheme], members);
  }
}

/** Where a law reaches a partner only by an arrangement, it is said which, and nowhere else. */
function checkArrangement(check: Check, file: Yaml<PartnersFile>, path: Path, code: string): void {
  const { classified = {}, arrangement } = file.content.partners[code] ?? {};
  const power = Object.keys(classified).find((name) => classified[name] === ARRANGEMENT);
  if (power !== undefined && arrangement === undefined) {
    const provision = `${gatewayOf(check, power)?.title ?? power} (${power})`;
    const message = `${provision} reaches ${code} only under an arrangement: give its reference and days as arrangement`;
    check.report(file.problemAt([...path, 'classified', power], message));
  }
  if (arrangement === undefined) return;
  if (power === undefined) {
    const message = `no law calls ${code} an arrangement: classify it so, or leave this out`;
    check.report(file.problemAt([...path, 'arrangement'], message, 'key'));
  }
  checkSpan(check, file, [...path, 'arrangement'], arrangement);
}

/** Whoever asserts restrictions takes part. */
export function checkRestrictions(check: Check): void {
  const { restrictions: file } = check.files;
  for (const owner of Object.keys(file?.content.owners ?? {})) {
    if (file) checkKnown(check, 'partner', file, ['owners', owner], owner, 'key');
  }
}

/** Every partner and every source type has a desk, because every refusal names one. */
export function checkDesks(check: Check): void {
  const { desks } = check.files;
  if (desks === null) return;
  const { duty, bySource, byPartner = {} } = desks.content;
  for (const partner of Object.keys(duty)) checkKnown(check, 'partner', desks, ['duty', partner], partner, 'key');
  for (const source of Object.keys(bySource)) {
    checkKnown(check, 'source type', desks, ['bySource', source], source, 'key');
  }
  for (const [partner, own] of Object.entries(byPartner)) {
    checkKnown(check, 'partner', desks, ['byPartner', partner], partner, 'key');
    for (const source of Object.keys(own)) {
      checkKnown(check, 'source type', desks, ['byPartner', partner, source], source, 'key');
    }
  }
  for (const partner of check.names.partner ?? []) {
    if (!Object.hasOwn(duty, partner)) check.report(desks.problemAt(['duty'], `partner ${partner} has no desk`, 'key'));
  }
  for (const source of check.names['source type'] ?? []) {
    if (Object.hasOwn(bySource, source)) continue;
    check.report(desks.problemAt(['bySource'], `source type ${source} has no desk`, 'key'));
  }
}
