import { isKeepable } from '../model/keepable.ts';
import { isRecordOfTexts, type Kept } from '../model/kept.ts';

/** What is typed and not sent, by channel or thread; it survives switching, reloading and a closed tab, unless it may be a secret. */
export function readDraft(kept: Kept, place: string): string {
  return kept.read('drafts', {}, isRecordOfTexts)[place] ?? '';
}

export function writeDraft(kept: Kept, place: string, text: string): void {
  const { [place]: _old, ...others } = kept.read('drafts', {}, isRecordOfTexts);
  kept.write('drafts', text === '' || !isKeepable(text) ? others : { ...others, [place]: text });
}
