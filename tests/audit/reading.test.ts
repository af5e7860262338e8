import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Logged } from '../../src/audit/logged.ts';
import { asReadBy, type Read } from '../../src/audit/reading.ts';
import { actor, logged, NO_PERMISSION, type Operation, operation, PASS, type Person, RELEASES } from './operations.ts';

const at = (partner: string, practitioner = 'IG-1') => ({ partner, practitioner, isLead: false });
const LEAD = { partner: 'board', practitioner: 'LEAD-1', isLead: true };
const NOBODY = new Set<string>();
const read = (
  reader: Parameters<typeof asReadBy>[0],
  entries: readonly Logged[],
  closed: ReadonlySet<string> = NOBODY,
  owned: ReadonlySet<string> = NOBODY,
) => asReadBy(reader, entries, { closed, owned }, RELEASES);

const ANN: Person = {
  ref: 'ann',
  released: ['prison|Custody.releaseDate', 'health|Care.next'],
  withheld: [
    { field: 'Policing.markers', holder: 'police', told: null },
    { field: 'Custody.offence', holder: 'prison', told: 'NOT_SHARED' },
    { field: 'Custody.location', holder: null, told: 'NOT_IN_VIEW' },
    { field: 'Policing.orders', holder: null, told: null },
  ],
};
const asked = operation({ requestId: 'one', partner: 'probation', people: [ANN] });
const aboutAnn = (reads: readonly Read[]) => reads.find(({ subject }) => subject?.ref === 'ann');

describe('AUDIT-03 a reader sees the reasons that their side may know', () => {
  test('whose staff asked: what was told, and no true reason', () => {
    const reads = read(at('probation'), asked);
    expect(reads.map(({ kind, side }) => [kind, side])).toEqual([
      ['request', 'RECIPIENT'],
      ['disclosure', 'RECIPIENT'],
    ]);
    expect(reads[0]).toMatchObject({ outcome: 'answered', reasons: [], counts: { subjects: 1, shown: 1 } });
    expect(aboutAnn(reads)).toMatchObject({
      reasons: [],
      released: ANN.released?.toSorted(),
      withheld: [
        { field: 'Custody.offence', holder: null, told: 'NOT_SHARED', reason: null },
        { field: 'Custody.location', holder: null, told: 'NOT_IN_VIEW', reason: null },
      ],
    });
    // That the police hold anything was not told.
    expect(JSON.stringify(reads)).not.toMatch(/police|NO_PERMISSION/);
  });

  test('whose data it was: the true reasons of that, and nothing of anybody else’s', () => {
    expect(read(at('prison'), asked)).toHaveLength(1);
    expect(aboutAnn(read(at('prison'), asked))).toMatchObject({
      side: 'SOURCE',
      reasons: [PASS],
      released: ['prison|Custody.releaseDate'],
      withheld: [
        { field: 'Custody.offence', holder: 'prison', told: 'NOT_SHARED', reason: NO_PERMISSION },
        { field: 'Custody.location', holder: null, told: 'NOT_IN_VIEW', reason: NO_PERMISSION },
      ],
      sections: [{ holder: 'prison' }],
      agreements: ['AGREED-prison'],
      basis: ['POWER-prison'],
      classes: ['custody'],
      network: null,
      trace: null,
      operation: null,
      actor: { partner: 'probation', practitioner: 'P-1', client: null },
    });
    expect(JSON.stringify(read(at('prison'), asked))).not.toMatch(/health|police|Care|Policing/);
  });

  test('from whom it was withheld without a word: the holder reads why', () => {
    expect(aboutAnn(read(at('police'), asked))).toMatchObject({
      released: [],
      withheld: [
        { field: 'Policing.markers', holder: 'police', told: null, reason: NO_PERMISSION },
        { field: 'Policing.orders', holder: null, told: null, reason: NO_PERMISSION },
      ],
    });
  });

  test('the lead reads all of it', () => {
    const reads = read(LEAD, asked);
    expect(reads.map(({ side }) => side)).toEqual(['LEAD', 'LEAD']);
    expect(reads[0]?.reasons).toHaveLength(1);
    expect(aboutAnn(reads)?.withheld.map(({ holder, reason }) => [holder, reason?.code])).toEqual([
      ['police', 'NO_PERMISSION'],
      ['prison', 'NO_PERMISSION'],
      [null, 'NO_PERMISSION'],
      [null, 'NO_PERMISSION'],
    ]);
  });

  test('nobody else reads a word', () => {
    expect(read(at('housing'), asked)).toEqual([]);
    // What no partner did is the lead's.
    const start = logged({ kind: 'start', policy: 'f'.repeat(64) });
    expect([read(at('probation'), [start]), read(LEAD, [start])]).toMatchObject([[], [{ kind: 'start' }]]);
  });

  test('of a constant answer its recipient reads no more than it told', () => {
    const refused = operation({
      requestId: 'two',
      partner: 'probation',
      people: [{ ref: 'bob', refusedBy: { gate: 'relationship', outcome: 'refuse', code: 'NONE', ref: null } }],
    });
    const [, recipients] = read(at('probation'), refused);
    const [, leads] = read(LEAD, refused);
    expect(recipients).toMatchObject({ outcome: 'nothing-to-show', reasons: [], relationship: null });
    expect(leads?.reasons).toMatchObject([{ gate: 'relationship', code: 'NONE' }]);
    expect(read(at('prison'), refused)).toEqual([]);
  });

  describe('what another partner was told', () => {
    const THIRD = { ref: 'third', epoch: 1 };
    const sentTo = (recipient: string, more: Partial<Person> = {}) => {
      const [request, told] = operation({
        requestId: 'three',
        partner: 'probation',
        people: [{ ref: 'ann', released: ['probation|Question.words'], ...more }],
      });
      const [, looked] = operation({ requestId: 'three', partner: 'probation', people: [ANN] });
      if (!request || !told || !looked) throw new Error('the test made no entry');
      const message = {
        ...told,
        id: 'three/message',
        recipient: { partner: recipient, reference: 'R-1' },
        thirdParties: [THIRD],
      };
      return [request, looked, message];
    };
    const messageIn = (reads: readonly Read[]) => reads.find(({ id }) => id === 'three/message');

    test('is read by the partner that was told, without a true reason and without how the sender came here', () => {
      const reads = read(at('police'), sentTo('police'));
      expect(messageIn(reads)).toMatchObject({
        side: 'RECIPIENT',
        isOwn: false,
        released: ['probation|Question.words'],
        agreements: ['AGREED-probation'],
        thirdParties: [THIRD],
        reasons: [],
        actor: { partner: 'probation', practitioner: 'P-1', client: null },
        trace: null,
        network: null,
        operation: null,
      });
      // Of the sender's own look at the person the recipient has only what was asked of itself.
      expect(reads.filter(({ id }) => id !== 'three/message').map(({ side }) => side)).toEqual(['SOURCE']);
    });

    test('is read by its sender with every gate, and counts as no answer to the request', () => {
      const [request, , message] = read(at('probation', 'P-1'), sentTo('police'));
      expect(message).toMatchObject({ side: 'SOURCE', isOwn: true, reasons: [PASS], network: '192.0.2.1' });
      expect(request?.counts).toEqual({ subjects: 1, shown: 1 });
      expect(request?.sources).toEqual(['health', 'prison']);
    });

    test('and was not, is read by its sender, and not by whom it would have told', () => {
      const refusedBy = { gate: 'agreement', outcome: 'refuse', code: 'NO_AGREEMENT', ref: null };
      const unsent = sentTo('housing', { released: [], refusedBy });
      expect(messageIn(read(at('probation'), unsent))).toMatchObject({ side: 'SOURCE', reasons: [refusedBy] });
      expect(read(at('housing'), unsent)).toEqual([]);
    });

    test('of somebody closed to a reader is not there', () => {
      expect(read(at('police'), sentTo('police'), new Set(['ann']))).toEqual([]);
    });

    test('is read by whose restriction it is, without who else was named', () => {
      const [, message] = read(at('housing'), sentTo('police'), NOBODY, new Set(['ann']));
      expect(message).toMatchObject({ side: 'OWNER', thirdParties: [], released: [] });
    });
  });

  test('what the gateway did by itself is read by whom it did it for', () => {
    const common = { kind: 'watch', requestId: 'four', actor: { ...actor('probation'), practitioner: null } };
    const deed = { field: 'chase', ok: true, code: null, reference: 'C-1' };
    const done = logged({ ...common, outcome: 'answered', status: 200, deed });
    const looked = logged({
      ...common,
      outcome: 'shown',
      subject: { ref: 'ann', epoch: 1 },
      released: ['prison|Custody.releaseDate'],
    });
    const reads = read(at('probation'), [done, looked]);
    expect(reads).toMatchObject([
      { kind: 'watch', side: 'RECIPIENT', isOwn: false, deed, counts: { subjects: 1, shown: 0 } },
      { kind: 'watch', side: 'RECIPIENT', released: ['prison|Custody.releaseDate'] },
    ]);
    expect(read(at('prison'), [done, looked])).toMatchObject([{ side: 'SOURCE' }]);
    expect(read(at('probation'), [done, looked], new Set(['ann']))).toEqual([]);
  });

  test('a restriction that let somebody pass is told to its owner alone', () => {
    const passed = asked.map((entry) => ({
      ...entry,
      reasons: [...entry.reasons, { gate: 'restriction', outcome: 'pass', code: 'NOT_NAMED', ref: 'health' }],
    }));
    const gates = (partner: string) => aboutAnn(read(at(partner), passed))?.reasons.map(({ gate }) => gate);
    expect([gates('health'), gates('prison')]).toEqual([['relationship', 'restriction'], ['relationship']]);
  });

  test('whose partner restricts the person: who asked and every gate, whoever they are; and nobody’s fields', () => {
    const reads = read(at('housing'), asked, NOBODY, new Set(['ann']));
    expect(reads).toMatchObject([
      { side: 'OWNER', subject: { ref: 'ann' }, reasons: [PASS], released: [], withheld: [] },
    ]);
    expect(reads[0]?.actor).toMatchObject({ partner: 'probation', practitioner: 'P-1' });
  });

  test('names, tokens and accounts at a provider are for nobody', () => {
    const all = [LEAD, at('probation'), at('prison')].flatMap((reader) => read(reader, asked));
    expect(JSON.stringify(all)).not.toMatch(/A practitioner|sub-1|jti-1|issuer\.example/);
  });

  test('what a reader did themselves is said', () => {
    const own = operation({ requestId: 'own', partner: 'probation', practitioner: 'IG-1', people: [ANN] });
    expect(read(at('probation'), [...own, ...asked]).map(({ isOwn }) => isOwn)).toEqual([true, true, false, false]);
    // The same id at another partner is another person.
    expect(read(at('prison'), own).map(({ isOwn }) => isOwn)).toEqual([false]);
  });
});

describe('SHARE-06 whoever is closed to the reader was never there', () => {
  const BOB: Person = { ref: 'bob', released: ['police|Policing.markers'] };
  const both = operation({ requestId: 'three', partner: 'probation', people: [ANN, BOB] });

  test('an operation is recounted from those who are left', () => {
    const [request, ...people] = read(LEAD, both, new Set(['bob']));
    expect(people.map(({ subject }) => subject?.ref)).toEqual(['ann']);
    expect(request).toMatchObject({ counts: { subjects: 1, shown: 1 }, sources: ['health', 'prison'] });
  });

  test('and is gone when nobody is', () => {
    expect(read(LEAD, asked, new Set(['ann']))).toEqual([]);
    expect(read(at('probation'), asked, new Set(['ann']))).toEqual([]);
  });

  test('a request that was about nobody stays', () => {
    const none = operation({ requestId: 'four', partner: 'probation', people: [] });
    expect(read(LEAD, none, new Set(['ann']))).toHaveLength(1);
  });

  test('a break-glass is gone with its request, and so is the review of one that named nobody to the reviewer', () => {
    const common = { requestId: 'glass', actor: actor('probation') };
    const attempt = [
      logged({ ...common, kind: 'request', deed: { field: 'breakGlass', ok: false, code: null, reference: 'glass' } }),
      logged({ ...common, kind: 'break-glass', subject: { ref: 'ann', epoch: 1 }, breakGlass: 'glass' }),
    ];
    const review = [
      logged({ ...common, requestId: 'review', kind: 'request' }),
      logged({ ...common, requestId: 'review', kind: 'review', subject: null, breakGlass: 'glass' }),
    ];
    const all = [...attempt, ...review];
    expect(read(LEAD, all)).toHaveLength(4);
    expect(read(LEAD, all, new Set(['ann']))).toEqual([]);
  });

  test('that somebody closed was taken off a list of work is gone with what it was about', () => {
    const done = { field: 'acknowledgeWorkItem', ok: true, code: null, reference: 'one' };
    const taken = [logged({ requestId: 'six', kind: 'request', actor: actor('police'), deed: done }), ...asked];
    expect(read(LEAD, taken)).toHaveLength(3);
    expect(read(LEAD, taken, new Set(['ann']))).toEqual([]);
  });

  test('a search about them reads as a search that found nobody', () => {
    const search = (subject: object | null, found: number) => [
      logged({ id: 'r', requestId: 'five', kind: 'request', actor: actor('probation'), outcome: 'answered' }),
      logged({
        id: 's',
        requestId: 'five',
        kind: 'search',
        actor: actor('probation'),
        subject,
        found,
        field: 'caseFile',
      }),
    ];
    const closed = new Set(['ann']);
    expect(read(LEAD, search({ ref: 'ann', epoch: 1 }, 3), closed)).toEqual(read(LEAD, search(null, 0), closed));
    expect(read(LEAD, search({ ref: 'bob', epoch: 1 }, 3), closed)[1]).toMatchObject({
      subject: { ref: 'bob' },
      found: 3,
    });
  });

  describe('a look into the log tells of nobody by being there', () => {
    const search = (content: object) =>
      logged({ kind: 'search', actor: actor('probation', 'IG-1'), field: 'caseFile', outcome: 'answered', ...content });
    const ann = { ref: 'ann', epoch: 1 };

    test('whoever made it is not told again whom it was about: of somebody closed they could not be', () => {
      const [own] = read(at('probation'), [search({ subject: ann, found: 3 })]);
      expect(own).toMatchObject({ isOwn: true, subject: null, found: 3 });
      for (const reader of [LEAD, at('probation', 'IG-2')]) {
        expect(read(reader, [search({ subject: ann, found: 3 })])).toMatchObject([
          { subject: { ref: 'ann' }, found: 3 },
        ]);
      }
    });

    test('how much somebody else found who asked about nobody by name is not told: they may know of others', () => {
      const trawl = [search({ subject: null, field: 'incident', found: 7 })];
      expect(read(LEAD, trawl)).toMatchObject([{ found: null }]);
      expect(read(at('probation', 'IG-2'), trawl)).toMatchObject([{ found: null }]);
      expect(read(at('probation'), trawl)).toMatchObject([{ found: 7 }]);
    });

    test('names that were given are as if nobody closed had been among them', () => {
      const given = (refs: readonly string[]) =>
        [null, ...refs].map((ref, index) =>
          search({
            id: ref ?? 'look',
            requestId: 'names',
            field: 'names',
            reference: 'one',
            subject: ref && { ref, epoch: 1 },
            found: index === 0 ? refs.length : 1,
          }),
        );
      const whole = read(LEAD, given(['ann', 'bob', 'cat']), new Set(['bob']));
      expect(whole).toEqual(read(LEAD, given(['ann', 'cat']), new Set(['bob'])));
      expect(whole.map(({ found }) => found)).toEqual([2, 1, 1]);
    });
  });

  test('two logs that differ only in what is closed read alike, byte by byte, to everybody', () => {
    const partners = ['prison', 'police', 'health', 'probation', 'housing'];
    const field = fc.constantFrom('prison|Custody.releaseDate', 'police|Policing.markers', 'health|Care.next');
    const refusal = { gate: 'restriction', outcome: 'refuse', code: 'RESTRICTED', ref: 'probation' };
    const person = (refs: readonly string[]): fc.Arbitrary<Person> =>
      fc.record({
        ref: fc.constantFrom(...refs),
        released: fc.uniqueArray(field, { maxLength: 3 }),
        withheld: fc.uniqueArray(
          fc.record({
            field: fc.constantFrom('Policing.markers', 'Care.next'),
            holder: fc.constantFrom('police', 'health', null),
            told: fc.constantFrom('NOT_SHARED', null),
          }),
          { maxLength: 2, selector: ({ field: name, holder }) => `${holder}|${name}` },
        ),
      });
    const anybody = fc.oneof(
      person(['ann', 'bob', 'closed-1', 'closed-2']),
      fc.record({ ref: fc.constantFrom('ann', 'closed-1'), refusedBy: fc.constant(refusal) }),
    );
    const closed = new Set(['closed-1', 'closed-2']);
    const operations = fc.array(
      fc.record({
        partner: fc.constantFrom(...partners),
        practitioner: fc.constantFrom('P-1', 'IG-1'),
        people: fc.uniqueArray(anybody, { maxLength: 4, selector: ({ ref }) => ref }),
      }),
      { maxLength: 5 },
    );
    const readers = [LEAD, ...partners.map((partner) => at(partner))];
    const seen = { dropped: 0, recounted: 0 };
    fc.assert(
      fc.property(operations, (drawn) => {
        const whole = drawn.map((each, index): Operation => ({ ...each, requestId: `request-${index}` }));
        const without = whole.flatMap((each) => {
          const people = each.people.filter(({ ref }) => !closed.has(ref));
          if (people.length === 0 && each.people.length > 0) seen.dropped += 1;
          else if (people.length < each.people.length) seen.recounted += 1;
          return people.length === 0 && each.people.length > 0 ? [] : [{ ...each, people }];
        });
        for (const reader of readers) {
          const owned = new Set(reader === LEAD ? [] : ['bob']);
          const [one, other] = [whole, without].map((log) => read(reader, log.flatMap(operation), closed, owned));
          expect(JSON.stringify(one)).toBe(JSON.stringify(other));
        }
      }),
      { numRuns: 200 },
    );
    // Both ways of leaving somebody out were met.
    expect(Math.min(seen.dropped, seen.recounted)).toBeGreaterThan(0);
  });
});
