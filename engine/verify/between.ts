import type { LocalFeatures } from "./features.ts";
import { findGeometry, type Geometry, type PointPairs } from "./geometry.ts";
import { type Pair, pairFeatures } from "./pairs.ts";

interface Between {
  /** Like points, right or wrong. */
  pairs: readonly Pair[];
  /** Of them, in pixels of both pictures; null where no plausible mapping carries enough. */
  geometry: Geometry | null;
}

function placesOf(pairs: readonly Pair[], query: LocalFeatures, catalogue: LocalFeatures): PointPairs {
  const { length: count } = pairs;
  const places = {
    count,
    catalogue: new Float32Array(2 * count),
    query: new Float32Array(2 * count),
    scale: new Float32Array(count),
    turn: new Float32Array(count),
  };
  const set = (to: Float32Array, at: number, { positions, width, height }: LocalFeatures, index: number) => {
    to[2 * at] = (positions[2 * index] as number) * width;
    to[2 * at + 1] = (positions[2 * index + 1] as number) * height;
  };
  pairs.forEach((pair, at) => {
    set(places.catalogue, at, catalogue, pair.catalogue);
    set(places.query, at, query, pair.query);
    places.scale[at] = (query.scales[pair.query] as number) / (catalogue.scales[pair.catalogue] as number);
    places.turn[at] = (query.angles[pair.query] as number) - (catalogue.angles[pair.catalogue] as number);
  });
  return places;
}

/** The like points of two pictures, and the mapping of a flat thing that most of them agree on. */
export async function geometryBetween(query: LocalFeatures, catalogue: LocalFeatures): Promise<Between> {
  const pairs = await pairFeatures(query, catalogue);
  return { pairs, geometry: findGeometry(placesOf(pairs, query, catalogue)) };
}
