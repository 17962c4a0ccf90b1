/**
 * Browsers open at most six connections to one HTTP/1.1 server over all tabs, and every live stream holds one: with more
 * tabs nothing would load any more. So tabs in the background give theirs up when several hold one. The browser's own
 * locks count them; where there are none (plain http on a foreign address) every tab keeps its stream.
 */
const NAME = 'shipmate-stream';
const KEPT_IN_BACKGROUND = 3;

/** Holds a place until released. */
export function takePlace(): () => void {
  let release: () => void = () => {};
  const isHeld = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks?.request(NAME, { mode: 'shared' }, () => isHeld);
  return () => release();
}

export async function isCrowded(): Promise<boolean> {
  const locks = await navigator.locks?.query();
  return (locks?.held?.filter(({ name }) => name === NAME).length ?? 0) > KEPT_IN_BACKGROUND;
}
