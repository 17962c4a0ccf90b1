import { useEffect, useState } from 'preact/hooks';
import { html, type View } from '../../html.ts';
import { Icon } from '../icons.ts';

const COPIED_MS = 1500;

export function Code({ title, text }: { title: string | null; text: string }): View {
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
  return html`<figure class="code">
    <figcaption><span>${title ?? ''}</span><button type="button" class="link-button" onClick=${copy}>
      <${Icon} name=${outcome === 'copied' ? 'check' : 'copy'} /><span aria-live="polite">${label}</span>
    </button></figcaption>
    <pre tabindex="0"><code>${text}</code></pre>
  </figure>`;
}
