/** Small pieces of wording that several views share. */

/** `< 0.1 s`, `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. */
export function duration(ms: number): string {
  const safe = Number.isFinite(ms) ? Math.max(0, ms) : 0;
  if (safe > 0 && safe < 50) return '< 0.1 s';
  if (safe < 9_950) return `${(safe / 1000).toFixed(1)} s`;
  const seconds = Math.round(safe / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${pad(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** `21 Nov 01:20`, in UTC: people in several zones read the same table. The year is there when it is not this one's. */
export function utcTime(at: number, now: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '?';
  const isThisYear = date.getUTCFullYear() === new Date(now).getUTCFullYear();
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
  return `${day}${isThisYear ? '' : ` ${date.getUTCFullYear()}`} ${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `1 service`, `3 services`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `web`, `web and api`, `web, api and 3 more`. */
export function names(all: readonly string[], max = 4): string {
  if (all.length > max) return `${all.slice(0, max - 1).join(', ')} and ${all.length - max + 1} more`;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

/** What people see and type instead of a whole deployment id. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

/** Ends with a full stop exactly once. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** The tag or digest part that tells images of one service apart; the digest shortened. */
export function shortImage(image: string): string {
  const [name = '', digest] = image.split('@');
  if (name.startsWith('sha256:')) return name.slice(0, 19);
  const last = name.split('/').at(-1) ?? name;
  return digest === undefined ? last : `${last}@${digest.slice(0, 19)}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
