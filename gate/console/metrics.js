// The Prometheus text format, as far as the page needs it: samples by name, and what two scrapes,
// some seconds apart, say about the time between. No I/O.

// Parses `name{label="value",…} value` to [{name, labels, value}]; skips comments and whatever does
// not parse.
export function parseMetrics(text) {
  const samples = [];
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+([^\s]+)/.exec(line);
    if (!match) continue;
    const labels = {};
    for (const [, name, value] of (match[2] ?? '').matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g))
      labels[name] = value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
    const value = match[3] === '+Inf' ? Infinity : match[3] === '-Inf' ? -Infinity : Number(match[3]);
    samples.push({ name: match[1], labels, value });
  }
  return samples;
}

export const pick = (samples, family) => samples.filter(({ name }) => name === family);

// {value of `label`: sum}
export function sumBy(samples, label) {
  const sums = new Map();
  for (const { labels, value } of samples)
    sums.set(labels[label] ?? '', (sums.get(labels[label] ?? '') ?? 0) + value);
  return sums;
}

export const sum = (samples) => samples.reduce((total, { value }) => total + value, 0);

// The growth between two sums; a counter that decreased was reset.
export function growth(before, after) {
  return new Map([...after].map(([key, value]) => {
    const old = before.get(key) ?? 0;
    return [key, value < old ? value : value - old];
  }));
}

// The quantile of a histogram with buckets {upper bound: cumulative count}, interpolated as
// Prometheus does; null if it is empty.
export function quantile(share, buckets) {
  const sorted = [...buckets].map(([bound, count]) => [bound === '+Inf' ? Infinity : Number(bound), count]).sort((a, b) => a[0] - b[0]);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total === 0) return null;
  const rank = share * total;
  let [low, below] = [0, 0];
  for (const [bound, count] of sorted) {
    if (count >= rank) {
      if (bound === Infinity) return low;
      return count === below ? bound : low + ((bound - low) * (rank - below)) / (count - below);
    }
    [low, below] = [bound, count];
  }
  return low;
}
