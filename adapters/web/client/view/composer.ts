import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Chat } from '../chat.ts';
import { html, type View } from '../html.ts';
import { accept, entersChoice, moveSelection, usageHint } from '../model/completion.ts';
import type { ChatState } from '../state.ts';
import { CompletionPopup } from './completion-popup.ts';
import { readDraft, writeDraft } from './drafts.ts';
import { Icon } from './icons.ts';
import { useCompletion } from './use-completion.ts';

type ComposerProps = { chat: Chat; state: ChatState; place: string; thread: string | null; label: string };

/** Where people type. Enter sends, Shift+Enter makes a line; what is typed is kept as a draft until it is sent. */
export function Composer({ chat, state, place, thread, label }: ComposerProps): View {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => readDraft(chat.kept, place));
  const [cursor, setCursor] = useState(text.length);
  const [isFocused, setFocused] = useState(false);
  const [listId] = useState(() => `choices-${place}`);
  const completion = useCompletion(state.channel, state.commands, text, cursor, isFocused);
  const { shown } = completion;
  const isOpen = shown.choices.length > 0;
  const hint = usageHint(state.commands, text.slice(0, cursor));

  const change = (next: string, at: number) => {
    setText(next);
    setCursor(at);
    writeDraft(chat.kept, place, next);
  };
  // The text comes from here, so the cursor has to be put where it belongs after a completion.
  const wanted = useRef<number | null>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    if (wanted.current !== null) element.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight, 200)}px`;
  }, [text]);
  useEffect(() => {
    // A phone's keyboard would hide half of the channel that was just opened.
    if (matchMedia('(pointer: fine)').matches && thread === null) field.current?.focus();
  }, []);

  const choose = (index: number) => {
    const next = accept(shown, index, text, cursor);
    wanted.current = next.cursor;
    change(next.text, next.cursor);
    field.current?.focus();
  };
  const send = () => {
    if (text.trim() === '') return;
    chat.send(text, thread);
    change('', 0);
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    // Enter that ends the composition of a letter (Japanese, Chinese …) sends nothing.
    if (event.isComposing) return;
    const taken = () => event.preventDefault();
    if (isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      taken();
      completion.select(moveSelection(shown, event.key === 'ArrowDown' ? 1 : -1));
    } else if (isOpen && event.key === 'Tab' && !event.shiftKey) {
      taken();
      choose(Math.max(0, shown.selected));
    } else if (isOpen && event.key === 'Escape') {
      taken();
      completion.close();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      taken();
      if (isOpen && entersChoice(shown, text, cursor)) choose(shown.selected);
      else send();
    }
  };
  const onInput = (event: InputEvent) => {
    if (event.currentTarget instanceof HTMLTextAreaElement) change(event.currentTarget.value, event.currentTarget.selectionStart);
  };
  const onSelect = () => setCursor(field.current?.selectionStart ?? 0);

  return html`<form class="composer" onSubmit=${(event: SubmitEvent) => {
    event.preventDefault();
    send();
  }}>
    ${isOpen && html`<${CompletionPopup} id=${listId} state=${shown} onChoose=${choose} />`}
    <div class=${`composer-box${text.startsWith('/') ? ' is-command' : ''}`}>
      <textarea
        ref=${field}
        rows="1"
        value=${text}
        placeholder=${label}
        aria-label=${label}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded=${isOpen}
        aria-controls=${listId}
        aria-activedescendant=${isOpen && shown.selected >= 0 ? `${listId}-${shown.selected}` : undefined}
        autocomplete="off"
        autocapitalize=${text.startsWith('/') ? 'off' : 'sentences'}
        maxlength="4000"
        enterkeyhint="send"
        dir="auto"
        onInput=${onInput}
        onKeyDown=${onKey}
        onKeyUp=${onSelect}
        onClick=${onSelect}
        onFocus=${() => setFocused(true)}
        onBlur=${() => setFocused(false)}
      ></textarea>
      <button type="submit" class="send" aria-label="Send" disabled=${text.trim() === ''}><${Icon} name="send" /></button>
    </div>
    <p class="hint">${hint === null ? html`<span class="hint-keys"><kbd>/</kbd> for commands · <kbd>Enter</kbd> sends · <kbd>Shift</kbd>+<kbd>Enter</kbd> new line</span>` : html`<${UsageHint} ...${hint} />`}</p>
  </form>`;
}

function UsageHint({ command, words, current }: { command: { summary: string }; words: readonly string[]; current: number }): View {
  return html`<span class="hint-usage">${words.map((word, index) => html`<span key=${index} class=${index === current ? 'is-current' : ''}>${word}</span>`)}</span>
    <span class="hint-summary">${command.summary}</span>`;
}
