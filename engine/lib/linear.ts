/** Solves a x = b by Gaussian elimination with partial pivoting; `a` is square and small, and stays as it is. */
export function solveLinear(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const n = b.length;
  const rows = a.map((row, i) => [...row, b[i] ?? 0]);
  const at = (r: number, c: number) => rows[r]?.[c] ?? 0;
  for (let col = 0; col < n; col++) {
    let pivot = col;
    for (let row = col + 1; row < n; row++) if (Math.abs(at(row, col)) > Math.abs(at(pivot, col))) pivot = row;
    const pivotRow = rows[pivot] ?? [];
    rows[pivot] = rows[col] ?? [];
    rows[col] = pivotRow;
    for (let row = col + 1; row < n; row++) {
      const factor = at(row, col) / at(col, col);
      rows[row] = (rows[row] ?? []).map((value, i) => value - factor * (pivotRow[i] ?? 0));
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let row = n - 1; row >= 0; row--) {
    let sum = at(row, n);
    for (let col = row + 1; col < n; col++) sum -= at(row, col) * (x[col] ?? 0);
    x[row] = sum / at(row, row);
  }
  return x;
}
