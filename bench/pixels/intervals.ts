import { type Random, randomInt } from "../../src/base/index.js";

/** A number with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A share as it was counted. */
export interface Share extends Estimate {
  readonly hits: number;
  readonly of: number;
}

const Z = 1.96;

/** Wilson's interval of a share; without a single case it is 0 to 1 and the share itself not a number. */
export function wilson(hits: number, of: number): Share {
  if (of === 0) return { hits, of, value: Number.NaN, low: 0, high: 1 };
  const value = hits / of;
  const centre = (value + (Z * Z) / (2 * of)) / (1 + (Z * Z) / of);
  const half = (Z * Math.sqrt((value * (1 - value)) / of + (Z * Z) / (4 * of * of))) / (1 + (Z * Z) / of);
  return { hits, of, value, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Cases that belong together, as the words of one image do. */
export interface Cluster {
  readonly hits: number;
  readonly of: number;
}

/**
 * The share over all clusters, with Wilson's interval for as many independent cases as the clusters are worth: words
 * of one image are found together or missed together. The design effect is that of a proportion over clusters of
 * unequal size (Cochran, Sampling Techniques, chapter 3), never below 1.
 */
export function clusteredShare(clusters: readonly Cluster[]): Share {
  const hits = clusters.reduce((sum, cluster) => sum + cluster.hits, 0);
  const of = clusters.reduce((sum, cluster) => sum + cluster.of, 0);
  const [value, count] = [hits / of, clusters.filter((cluster) => cluster.of > 0).length];
  const binomial = (value * (1 - value)) / of;
  const residuals = clusters.reduce((sum, cluster) => sum + (cluster.hits - value * cluster.of) ** 2, 0);
  const variance = count < 2 ? binomial : ((count / (count - 1)) * residuals) / of ** 2;
  const effect = binomial > 0 ? Math.max(1, variance / binomial) : 1;
  const { low, high } = wilson(hits / effect, of / effect);
  return { hits, of, value, low, high };
}

const RESAMPLES = 2000;

/** The mean over images, with the interval that drawing as many images again would give. */
export function bootstrapMean(values: readonly number[], random: Random): Estimate {
  if (values.length === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const mean = (pick: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += pick(i);
    return sum / values.length;
  };
  const means = Float64Array.from({ length: RESAMPLES }, () =>
    mean(() => values[randomInt(random, 0, values.length - 1)]!),
  ).sort();
  return { value: mean((i) => values[i]!), low: means[RESAMPLES * 0.025]!, high: means[RESAMPLES * 0.975]! };
}

const percent = (share: number, digits: number): string => (100 * share).toFixed(digits);

/** "99.12 % (98.70 to 99.41), 2,881 of 2,907". */
export function shareText({ hits, of, ...estimate }: Share, digits = 2): string {
  if (of === 0) return "none";
  return `${estimateText(estimate, digits)}, ${hits.toLocaleString("en")} of ${of.toLocaleString("en")}`;
}

/** "1.31 % (1.02 to 1.66)". */
export function estimateText({ value, low, high }: Estimate, digits = 2): string {
  return `${percent(value, digits)} % (${percent(low, digits)} to ${percent(high, digits)})`;
}
