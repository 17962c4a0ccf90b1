import { useEffect, useState } from 'preact/hooks';

const readers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, again every second, from one timer for the whole page. Relative times read it. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const read = () => setNow(Date.now());
    readers.add(read);
    timer ??= setInterval(() => {
      for (const reader of readers) reader();
    }, 1000);
    return () => {
      readers.delete(read);
      if (readers.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return now;
}
