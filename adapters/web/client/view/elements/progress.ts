import { html, type View } from '../../html.ts';

type ProgressProps = { label: string; value: number; total: number | null; detail: string };

/** How much is done; without a total the bar only says that something moves. */
export function Progress({ label, value, total, detail }: ProgressProps): View {
  const share = total === null || total <= 0 ? null : Math.min(1, Math.max(0, value / total));
  return html`<div class="progress">
    <div class="progress-head"><span class="progress-label">${label}</span><span class="progress-detail">${detail}</span></div>
    <div
      class=${`progress-bar${share === null ? ' is-unknown' : ''}`}
      role="progressbar"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax=${total ?? undefined}
      aria-valuenow=${share === null ? undefined : value}
      aria-valuetext=${detail}
    ><span style=${{ transform: `scaleX(${share ?? 0.3})` }}></span></div>
  </div>`;
}
