import { useEffect, useState } from 'preact/hooks';
import { html, type View } from '../../html.ts';
import { Icon } from '../icons.ts';

const COPIED_MS = 1500;

/** Puts a text into the clipboard and says for a moment whether that worked. */
export function CopyButton({ text }: { text: string }): View {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (outcome === null) return undefined;
    const timer = setTimeout(() => setOutcome(null), COPIED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    // Browsers offer the clipboard on secure addresses only.
    const writing = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    writing.then(
      () => setOutcome('copied'),
      () => setOutcome('failed'),
    );
  };
  const label = outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Not allowed' : 'Copy';
  return html`<button type="button" class="link-button" onClick=${copy}>
    <${Icon} name=${outcome === 'copied' ? 'check' : 'copy'} /><span aria-live="polite">${label}</span>
  </button>`;
}
