import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Content, type Delivery, newDelivery, nextStep, posting, wanted } from '../../../src/domain/delivery.ts';
import { type Attempt, afterEdit, afterLook, afterPost, DELIVERY_PACE } from '../../../src/domain/delivery-outcome.ts';
import type { DeliveryResult } from '../../../src/domain/delivery-result.ts';

/** How one request goes. `applied…`: the platform did it, and then something went wrong. */
type Fate =
  | 'fine'
  | 'limited'
  | 'unavailable'
  | 'lost'
  | 'applied_unknown'
  | 'crash_before'
  | 'crash_after'
  | 'not_editable'
  | 'cannot_look';
type Event = { readonly kind: 'change' } | { readonly kind: 'delete' } | { readonly kind: 'round'; readonly fate: Fate };

type Post = { content: number; isDeleted: boolean; isOld: boolean };

/** A platform, a process that delivers one message to it and dies at times, and the database that survives. */
class Model {
  readonly posts: Post[] = [];
  deletions = 0;
  retired = 0;
  wish = 1;
  delivery: Delivery = newDelivery('m');
  #saved: Delivery = this.delivery;
  #now = 0;

  happen(event: Event): void {
    if (event.kind === 'change') this.wish += 1;
    else if (event.kind === 'delete') this.#delete();
    else this.round(event.fate);
  }

  /** One step of the loop. False when there is nothing to do. */
  round(fate: Fate): boolean {
    this.delivery = wanted(this.delivery, this.#content, true);
    this.#now = Math.max(this.#now, this.delivery.nextAt);
    const step = nextStep(this.delivery, { kind: 'none' }, this.#now);
    const attempt: Attempt = { content: this.#content, now: this.#now, chance: 0.5, pace: DELIVERY_PACE };
    switch (step.kind) {
      case 'post':
        this.delivery = posting(this.delivery, this.#content, null, this.#now, DELIVERY_PACE.lookAfterMs);
        this.#saved = this.delivery;
        this.#end(fate, afterPost, () => this.#post(), attempt);
        return true;
      case 'edit':
        this.#saved = this.delivery;
        this.#end(fate, afterEdit, () => this.#edit(Number(step.remoteId), fate), attempt);
        return true;
      case 'look':
        this.delivery = afterLook(
          this.delivery,
          fate === 'cannot_look' ? { kind: 'unavailable', reason: 'x', retryAfterMs: null } : this.#find(),
          attempt,
        );
        this.#saved = this.delivery;
        return true;
      default:
        return false;
    }
  }

  get #content(): Content {
    return { fingerprint: String(this.wish), position: this.wish };
  }

  #end(fate: Fate, after: typeof afterPost, effect: () => DeliveryResult, attempt: Attempt): void {
    const result = this.#resultOf(fate, effect);
    this.delivery = result === null ? this.#saved : after(this.delivery, result, attempt);
    this.#saved = this.delivery;
  }

  /** Null: the process died, and the next one goes on from what was saved. */
  #resultOf(fate: Fate, effect: () => DeliveryResult): DeliveryResult | null {
    switch (fate) {
      case 'limited':
        return { kind: 'rate_limited', retryAfterMs: 1, scope: 'channel' };
      case 'unavailable':
        return { kind: 'unavailable', reason: 'x' };
      case 'lost':
        return { kind: 'unknown', reason: 'x' };
      case 'applied_unknown':
        effect();
        return { kind: 'unknown', reason: 'x' };
      case 'crash_before':
        return null;
      case 'crash_after':
        effect();
        return null;
      default:
        return effect();
    }
  }

  #post(): DeliveryResult {
    this.posts.push({ content: this.wish, isDeleted: false, isOld: false });
    return { kind: 'delivered', remoteId: String(this.posts.length - 1) };
  }

  #edit(index: number, fate: Fate): DeliveryResult {
    const post = this.posts[index];
    if (post === undefined || post.isDeleted) return { kind: 'gone' };
    if (post.isOld || fate === 'not_editable') {
      if (!post.isOld) this.retired += 1;
      post.isOld = true;
      return { kind: 'not_editable' };
    }
    // Content only moves forward.
    expect(this.wish).toBeGreaterThanOrEqual(post.content);
    post.content = this.wish;
    return { kind: 'delivered', remoteId: String(index) };
  }

  #find() {
    const index = this.posts.findLastIndex((post) => !post.isDeleted && !post.isOld);
    return index < 0 ? { kind: 'absent' as const } : { kind: 'found' as const, remoteId: String(index) };
  }

  #delete(): void {
    const post = this.posts.findLast(({ isDeleted, isOld }) => !isDeleted && !isOld);
    if (post === undefined) return;
    post.isDeleted = true;
    this.deletions += 1;
  }
}

const fate = fc.constantFrom<Fate>('fine', 'fine', 'limited', 'unavailable', 'lost', 'applied_unknown', 'crash_before', 'crash_after');
const rareFate = fc.constantFrom<Fate>('fine', 'not_editable', 'cannot_look', 'applied_unknown', 'crash_after', 'lost');
const round = (fates: fc.Arbitrary<Fate>): fc.Arbitrary<Event> => fates.map((each) => ({ kind: 'round', fate: each }));
const change = fc.constant<Event>({ kind: 'change' });
const deletion = fc.constant<Event>({ kind: 'delete' });

function settle(model: Model): void {
  for (let rounds = 0; model.round('fine'); rounds += 1) expect(rounds).toBeLessThan(30);
}

const standing = (model: Model) => model.posts.filter(({ isDeleted, isOld }) => !isDeleted && !isOld);

describe('one message, whatever happens', () => {
  it('stands once with its latest content when the platform works again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 3, arbitrary: round(fate) }, { weight: 1, arbitrary: change }), { maxLength: 60 }),
        (events) => {
          const model = new Model();
          for (const event of events) {
            model.happen(event);
            // Never twice, at any moment.
            expect(model.posts.length).toBeLessThanOrEqual(1);
          }
          settle(model);
          expect(model.delivery.state).toBe('delivered');
          expect(standing(model)).toEqual([{ content: model.wish, isDeleted: false, isOld: false }]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is posted again only for a deletion (once) or because it can be edited no more', () => {
    const events = fc.array(
      fc.oneof({ weight: 4, arbitrary: round(rareFate) }, { weight: 2, arbitrary: change }, { weight: 1, arbitrary: deletion }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(events, (happening) => {
        const model = new Model();
        for (const event of happening) model.happen(event);
        settle(model);
        // A post that was deleted before it was found counts as never arrived.
        expect(model.posts.length).toBeLessThanOrEqual(1 + model.deletions + model.retired);
        expect(standing(model).length).toBeLessThanOrEqual(1);
        if (model.delivery.state === 'undeliverable') expect(model.delivery.reason).not.toBeNull();
        else if (model.deletions === 0) expect(standing(model)[0]?.content).toBe(model.wish);
      }),
      { numRuns: 500 },
    );
  });
});
