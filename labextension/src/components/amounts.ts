/** Numbers as people read them. */
import type { TranslationBundle } from '@jupyterlab/translation';

/** `4.2 s`, `38 s`, `2:05`, `1:02:07`. */
export function duration(seconds: number, trans: TranslationBundle): string {
  if (seconds < 10) {
    return trans.__('%1\u00a0s', (Math.floor(seconds * 10) / 10).toFixed(1));
  }
  const whole = Math.floor(seconds);
  if (whole < 60) {
    return trans.__('%1\u00a0s', whole);
  }
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const end = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${end}` : `${minutes}:${end}`;
}

/** `950`, `43.2k`, `1.25M`. */
export function count(value: number): string {
  if (value < 1000) {
    return String(Math.round(value));
  }
  return value < 999_950 ? `${trimmed(value / 1000, 1)}k` : `${trimmed(value / 1e6, 2)}M`;
}

/** `$0.0012`, `$0.31`, `$12.40`. */
export function dollars(value: number): string {
  return `$${value.toFixed(value > 0 && value < 0.01 ? 4 : 2)}`;
}

function trimmed(value: number, digits: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(digits).replace(/\.0+$/, '');
}
