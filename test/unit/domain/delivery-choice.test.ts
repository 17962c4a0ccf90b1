import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editOpensAt, withoutOld } from '../../../src/domain/delivery-budget.ts';
import { type Candidate, choose, type Limits, type Usage } from '../../../src/domain/delivery-choice.ts';

const NOW = 1_000_000;
const LIMITS: Limits = { editsPerMinute: null, inFlight: 10 };
const FREE: Usage = {
  channelTurnAt: new Map(),
  channelShutUntil: new Map(),
  workspaceShutUntil: new Map(),
  busyChannels: new Set(),
  triedOut: new Set(),
  inFlight: new Map(),
  edits: new Map(),
};

const candidate = (id: string, changes: Partial<Candidate> = {}): Candidate => ({
  id,
  operation: 'post',
  urgency: 'progress',
  channel: `C-${id}`,
  workspace: 'T1',
  isPrivate: false,
  since: NOW,
  ...changes,
});

const started = (candidates: readonly Candidate[], usage: Partial<Usage> = {}, limits: Partial<Limits> = {}) =>
  choose(candidates, { ...LIMITS, ...limits }, { ...FREE, ...usage }, NOW).start.map(({ id }) => id);

describe('the choice of what goes now', () => {
  it('takes answers first, then first posts, then final states, then progress, the oldest of each first', () => {
    const all = [
      candidate('p', { urgency: 'progress', since: NOW - 9 }),
      candidate('f2', { urgency: 'final', since: NOW - 1 }),
      candidate('f1', { urgency: 'final', since: NOW - 2 }),
      candidate('n', { urgency: 'first' }),
      candidate('a', { urgency: 'answer' }),
    ];
    expect(started(all)).toEqual(['a', 'n', 'f1', 'f2', 'p']);
    expect(started(all, {}, { inFlight: 2 })).toEqual(['a', 'n']);
  });

  it('lets progress that waited long go with the final states', () => {
    const old = candidate('p', { since: NOW - 31_000 });
    expect(started([candidate('f', { urgency: 'final', since: NOW - 5 }), old], {}, { inFlight: 1 })).toEqual(['p']);
  });

  describe.each([
    ['older progress', NOW - 31_000],
    ['much older progress', NOW - 600_000],
  ])('of a final state and %s', (_name, since) => {
    const details = Array.from({ length: 5 }, (_, index) => candidate(`p${index}`, { channel: 'C', since: since + index }));
    const end = candidate('f', { operation: 'edit', urgency: 'final', channel: 'C' });

    it.each<[name: string, others: readonly Candidate[], inFlight: number, expected: readonly string[]]>([
      ['in one channel takes the final state', [], 10, ['f']],
      ['in two channels takes both', [candidate('other', { since })], 10, ['other', 'f']],
      ['in two channels still takes the older progress first', [candidate('other', { since })], 1, ['other']],
      ['goes on to an answer first', [candidate('a', { urgency: 'answer', channel: 'C' })], 10, ['a']],
    ])('%s', (_what, others, inFlight, expected) => {
      expect(started([...details, end, ...others], {}, { inFlight })).toEqual(expected);
    });

    it('takes the details once no final state waits, and while its edit has to', () => {
      expect(started(details)).toEqual(['p0']);
      const edits = new Map([['T1', Array.from({ length: 50 }, () => NOW - 1_000)]]);
      expect(started([...details, end], { edits }, { editsPerMinute: 50 })).toEqual(['p0']);
    });
  });

  it('takes one message a channel, in order, and private ones beside it', () => {
    const inOne = ['1', '2', '3'].map((id) => candidate(id, { channel: 'C', since: NOW - 10 + Number(id) }));
    expect(started(inOne)).toEqual(['1']);
    expect(started([...inOne, candidate('x', { channel: 'C', isPrivate: true, urgency: 'answer' })])).toEqual(['x', '1']);
    expect(started(inOne, { busyChannels: new Set(['C']) })).toEqual([]);
  });

  it('waits for a channel’s turn and says when that is; private messages and looks do not', () => {
    const usage = { ...FREE, channelTurnAt: new Map([['C', NOW + 40]]) };
    const channel = 'C';
    const all = [candidate('1', { channel }), candidate('2', { channel, isPrivate: true }), candidate('3', { channel, operation: 'look' })];
    expect(choose(all, LIMITS, usage, NOW)).toMatchObject({ start: [{ id: '2' }, { id: '3' }], wakeAt: NOW + 40 });
  });

  it('sends nothing at all where the platform wants nothing', () => {
    const all = [candidate('1', { channel: 'C', isPrivate: true }), candidate('2', { workspace: 'T2' }), candidate('3')];
    const usage = { channelShutUntil: new Map([['C', NOW + 5]]), workspaceShutUntil: new Map([['T2', NOW + 9]]) };
    expect(started(all, usage)).toEqual(['3']);
    expect(choose(all.slice(0, 2), LIMITS, { ...FREE, ...usage }, NOW)).toEqual({ start: [], wakeAt: NOW + 5 });
  });

  it('tries a workspace out with one request after it did not answer', () => {
    const all = [candidate('1'), candidate('2'), candidate('3', { workspace: 'T2' })];
    expect(started(all, { triedOut: new Set(['T1']) })).toEqual(['1', '3']);
    expect(started(all, { triedOut: new Set(['T1']), inFlight: new Map([['T1', 1]]) })).toEqual(['3']);
  });

  it('holds up nothing but edits when the edits of the minute are spent', () => {
    const edits = new Map([['T1', Array.from({ length: 50 }, () => NOW - 1_000)]]);
    const all = [
      candidate('1', { operation: 'edit', urgency: 'final' }),
      candidate('2'),
      candidate('3', { operation: 'edit', urgency: 'final', workspace: 'T2' }),
    ];
    const choice = choose(all, { ...LIMITS, editsPerMinute: 50 }, { ...FREE, edits }, NOW);
    expect(choice.start.map(({ id }) => id).sort()).toEqual(['2', '3']);
    expect(choice.wakeAt).toBe(NOW + 59_000);
  });

  it('leaves final states a share of the edits that progress cannot use up', () => {
    const progress = Array.from({ length: 100 }, (_, index) => candidate(`p${index}`, { operation: 'edit', since: NOW - 1 }));
    const finals = Array.from({ length: 100 }, (_, index) => candidate(`f${index}`, { operation: 'edit', urgency: 'final' }));
    const limits = { editsPerMinute: 50, inFlight: 1_000 };
    expect(started(progress, {}, limits).length).toBeLessThanOrEqual(7);
    expect(started(finals, {}, limits)).toHaveLength(50);
  });
});

describe('the edits of a minute', () => {
  it('never exceed the ceiling in any minute, and final states are never held up without need', () => {
    const asked = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 4_000 }), isProgress: fc.boolean() }), {
      minLength: 1,
      maxLength: 150,
    });
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 60 }), (wishes, perMinute) => {
        let now = NOW;
        let spent: readonly number[] = [];
        const all: number[] = [];
        for (const { gap, isProgress } of wishes) {
          now += gap;
          spent = withoutOld(spent, now);
          const at = editOpensAt(spent, perMinute, isProgress, now);
          expect(at).toBeGreaterThanOrEqual(now);
          if (!isProgress && spent.length < perMinute) expect(at).toBe(now);
          now = at;
          spent = [...withoutOld(spent, now), now];
          all.push(now);
        }
        for (const from of all) expect(all.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(perMinute);
      }),
      { numRuns: 200 },
    );
  });

  it('are without limit where only the platform’s own answers count', () => {
    expect(
      editOpensAt(
        Array.from({ length: 1_000 }, () => NOW),
        null,
        true,
        NOW,
      ),
    ).toBe(NOW);
  });
});

describe('no channel starves', () => {
  it('whatever the others ask for, each edit goes within a bounded number of turns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 }), (noisy, inFlight) => {
        // Every noisy channel asks again as soon as it was served; the quiet one asked once.
        const since = new Map(Array.from({ length: noisy }, (_, index) => [`n${index}`, NOW - 1_000 - index]));
        since.set('quiet', NOW);
        for (let turn = 1; turn <= noisy + 2; turn += 1) {
          const now = NOW + turn;
          const all = [...since].map(([id, at]) => candidate(id, { operation: 'edit', since: at }));
          for (const { id } of choose(all, { ...LIMITS, inFlight }, FREE, now).start) {
            if (id === 'quiet') return true;
            since.set(id, now);
          }
        }
        return false;
      }),
    );
  });
});
