import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { SealedPlaces, SealedValue } from '../ports/sealed-places.ts';
import type { RotatingSealer } from '../ports/sealer.ts';

export type RotationParts = {
  readonly places: SealedPlaces;
  readonly sealer: RotatingSealer;
  readonly database: Pick<Database, 'stores'>;
  readonly clock: Clock;
};

/** Of one place: how many values were sealed anew, and how many are left that no key of ours opens. */
export type Rotated = { readonly place: string; readonly resealed: number; readonly unreadable: number };

const AT_A_TIME = 200;

/**
 * Seals everything that another key sealed anew under the first key. Values stay what they are and where they are, so it may run beside a
 * working Shipmate, be stopped at any moment and started again: what is done already is not looked at. A value that changes
 * meanwhile is left to its writer, and looked for again.
 */
export async function rotateKeys(parts: RotationParts, by: string): Promise<readonly Rotated[]> {
  const rotated: Rotated[] = [];
  for (const place of parts.places.names) rotated.push(await rotatePlace(parts, place));
  const [key] = parts.sealer.beginnings.keys();
  await parts.database.stores.audit.append({
    at: parts.clock.now(),
    actor: 'system',
    action: 'keys.rotate',
    subject: key ?? '-',
    source: by,
    result: rotated.some(({ unreadable }) => unreadable > 0) ? 'failed' : 'done',
    details: Object.fromEntries(
      rotated.map(({ place, resealed, unreadable }) => [place, `${resealed} sealed anew, ${unreadable} unreadable`]),
    ),
  });
  return rotated;
}

async function rotatePlace(parts: RotationParts, place: string): Promise<Rotated> {
  let resealed = 0;
  for (;;) {
    const pass = await passOver(parts, place);
    resealed += pass.resealed;
    // A pass that found nothing to do saw everything that a key of ours opens sealed under the first one.
    if (pass.resealed === 0 && pass.changed === 0) return { place, resealed, unreadable: pass.unreadable };
  }
}

/** Once over everything that another key sealed. `changed`: was something else when it was to be replaced. */
async function passOver(
  { places, sealer }: RotationParts,
  place: string,
): Promise<{ readonly resealed: number; readonly changed: number; readonly unreadable: number }> {
  const [beginning = new Uint8Array()] = sealer.beginnings.values();
  const counts = { resealed: 0, changed: 0, unreadable: 0 };
  let after: readonly string[] | null = null;
  for (;;) {
    const values: readonly SealedValue[] = await places.underOtherKeys(place, beginning, after, AT_A_TIME);
    for (const value of values) counts[await sealAnew({ places, sealer }, place, value)] += 1;
    after = values.at(-1)?.key ?? null;
    if (values.length < AT_A_TIME) return counts;
  }
}

async function sealAnew(
  { places, sealer }: Pick<RotationParts, 'places' | 'sealer'>,
  place: string,
  value: SealedValue,
): Promise<'resealed' | 'changed' | 'unreadable'> {
  let plain: Uint8Array;
  try {
    plain = sealer.open(value.sealed, value.boundTo);
  } catch {
    // Its key is gone, or it was altered: counted, and whoever rotates decides.
    return 'unreadable';
  }
  return (await places.replace(place, value, sealer.seal(plain, value.boundTo))) ? 'resealed' : 'changed';
}

/** How many values each key sealed, the first key first; `null`: none of ours. */
export async function countByKey({
  places,
  sealer,
}: Pick<RotationParts, 'places' | 'sealer'>): Promise<ReadonlyMap<string | null, number>> {
  const counts = new Map<string | null, number>([...sealer.beginnings.keys()].map((id) => [id, 0]));
  let others = 0;
  for (const place of places.names) {
    others += await places.count(place, null);
    for (const [id, beginning] of sealer.beginnings) {
      const own = await places.count(place, beginning);
      counts.set(id, (counts.get(id) ?? 0) + own);
      others -= own;
    }
  }
  return counts.set(null, others);
}
