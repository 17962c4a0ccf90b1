import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Closer to the end than this counts as being there. */
const NEAR_PX = 60;

/**
 * Keeps a scroller at its end while the reader is there, whatever grows (a card that gets a line more included), and
 * leaves it alone once they scrolled up. `isAway` says so, for the jump button.
 */
export function useStickToBottom() {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isStuck = useRef(true);
  const [isAway, setAway] = useState(false);

  const toEnd = () => {
    const element = scroller.current;
    if (element === null) return;
    isStuck.current = true;
    element.scrollTop = element.scrollHeight;
  };
  /** For the eye: glides over a short way and jumps over a long one, where gliding would only be waiting. */
  const glideToEnd = () => {
    const element = scroller.current;
    if (element === null) return;
    const isFar = element.scrollHeight - element.scrollTop > 4 * element.clientHeight;
    if (isFar) toEnd();
    else element.scrollTo({ top: element.scrollHeight, behavior: 'smooth' });
  };

  useLayoutEffect(() => toEnd(), []);
  useEffect(() => {
    const element = scroller.current;
    if (element === null || content.current === null) return;
    const onScroll = () => {
      const isNear = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      isStuck.current = isNear;
      setAway(!isNear);
    };
    const observer = new ResizeObserver(() => {
      if (isStuck.current) toEnd();
    });
    observer.observe(content.current);
    // The scroller itself shrinks when a phone shows its keyboard.
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  return { scroller, content, isAway, toEnd, glideToEnd };
}
