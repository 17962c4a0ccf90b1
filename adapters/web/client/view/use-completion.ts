import { useEffect, useRef, useState } from 'preact/hooks';
import type { CommandSummary } from '../../wire.ts';
import { api } from '../api.ts';
import { type CompletionState, completeArgument, completeCommand, completionNeed, NO_COMPLETION, narrowed } from '../model/completion.ts';

const PAUSE_MS = 60;

/**
 * What can be typed next. Command names are known here; arguments are asked from the server after a short pause, and
 * until it answers the last answer is narrowed down, so that nothing flickers and nothing stale is ever accepted.
 */
export function useCompletion(channel: string, commands: readonly CommandSummary[], text: string, cursor: number, isFocused: boolean) {
  const upToCursor = text.slice(0, cursor);
  const [answer, setAnswer] = useState<{ readonly asked: string; readonly state: CompletionState }>({ asked: '', state: NO_COMPLETION });
  const [selection, setSelection] = useState<{ readonly of: string; readonly index: number } | null>(null);
  const [closedFor, setClosedFor] = useState<string | null>(null);
  const latest = useRef('');
  latest.current = upToCursor;
  const need = completionNeed(upToCursor);

  useEffect(() => {
    if (need.kind !== 'argument') return undefined;
    const timer = setTimeout(async () => {
      // Typing goes on without completions when they cannot be had.
      const found = await api.complete(channel, upToCursor).catch(() => ({ completions: [], replaceFrom: upToCursor.length }));
      if (latest.current === upToCursor) {
        setAnswer({ asked: upToCursor, state: completeArgument(found.completions, upToCursor, found.replaceFrom) });
      }
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [upToCursor, need.kind, channel]);

  const state = currentState();
  const isShown = isFocused && closedFor !== upToCursor;
  return {
    shown: isShown ? state : NO_COMPLETION,
    select: (next: CompletionState) => setSelection({ of: upToCursor, index: next.selected }),
    close: () => setClosedFor(upToCursor),
  };

  function currentState(): CompletionState {
    if (need.kind === 'none') return NO_COMPLETION;
    const found =
      need.kind === 'command' ? completeCommand(commands, need.typed, need.replaceFrom) : narrowed(answer.state, answer.asked, upToCursor);
    return selection?.of === upToCursor ? { ...found, selected: Math.min(selection.index, found.choices.length - 1) } : found;
  }
}
