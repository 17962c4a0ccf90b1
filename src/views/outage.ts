import type { Element } from '../chat/message.ts';
import type { OpenBreaker } from '../domain/breaker.ts';
import { text } from './compose-message.ts';
import { utcTime } from './wording.ts';

/** What a deployment waits for, since when and until when; nothing when it waits for nothing. */
export function outageElements(outage: OpenBreaker | null): readonly Element[] {
  if (outage === null) return [];
  const since = utcTime(outage.since, outage.tryAt);
  return [
    text(`⏸️ Waits for the ${outage.part}, which has not answered since ${since} UTC. It goes on by itself.`),
    { type: 'time', label: 'Next try', at: outage.tryAt },
  ];
}
