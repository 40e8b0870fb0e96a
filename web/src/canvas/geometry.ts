export interface Point {
  x: number;
  y: number;
}

/** Whether a point is inside a closed line, by how often a ray from it crosses the line. */
export function isInside(point: Point, line: readonly Point[]): boolean {
  let isIn = false;
  line.forEach((one, index) => {
    const other = line[(index + 1) % line.length] ?? one;
    const crosses = one.y > point.y !== other.y > point.y;
    if (crosses && point.x < ((other.x - one.x) * (point.y - one.y)) / (other.y - one.y) + one.x) isIn = !isIn;
  });
  return isIn;
}

/**
 * How far a point is from another for somebody who goes in a direction, `(1, 0)` to the right: what lies
 * beside the way counts twice, what lies behind or too far aside is out of reach. In no direction, the
 * distance.
 */
export function costToward(from: Point, to: Point, right: number, down: number): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (right === 0 && down === 0) return Math.hypot(dx, dy);
  const along = dx * right + dy * down;
  const across = Math.abs(dx * down) + Math.abs(dy * right);
  return along > 0 && across <= 2 * along ? along + 2 * across : Number.POSITIVE_INFINITY;
}
