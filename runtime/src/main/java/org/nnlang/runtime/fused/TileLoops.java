package org.nnlang.runtime.fused;

/// Loops over the elements of a tile, one operation each.
///
/// An operand is an array, the offset of its first element, and a mask: element i stands at `offset + (i & mask)`, so
/// with a mask of 0 it is one value, of which [Reduction#LANES] copies stand there. The result may take the place of an
/// operand, element for element.
interface TileLoops {
    void unary(Opcode op, float[] a, int ao, int am, float[] r, int ro, int n);

    void binary(Opcode op, float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n);

    void fma(float[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n);

    void unary(Opcode op, int[] a, int ao, int am, int[] r, int ro, int n);

    void binary(Opcode op, int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n);

    void compare(Opcode op, float[] a, int ao, int am, float[] b, int bo, int bm, int[] r, int ro, int n);

    void select(
            int[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n);

    void select(int[] a, int ao, int am, int[] b, int bo, int bm, int[] c, int co, int cm, int[] r, int ro, int n);

    void toFloat(int[] a, int ao, int am, float[] r, int ro, int n);

    void fromFloat(Opcode op, float[] a, int ao, int am, int[] r, int ro, int n);

    void copy(float[] a, int ao, int am, float[] r, int ro, int n);

    void copy(int[] a, int ao, int am, int[] r, int ro, int n);

    /// Element i is read from `ao + i * stride`.
    void gather(float[] a, int ao, int stride, float[] r, int ro, int n);

    void gather(int[] a, int ao, int stride, int[] r, int ro, int n);

    /// Element i is written to `ro + i * stride`.
    void scatter(float[] a, int ao, int am, float[] r, int ro, int stride, int n);

    void scatter(int[] a, int ao, int am, int[] r, int ro, int stride, int n);

    /// Writes `first`, `first + 1`, and so on.
    void count(int[] r, int ro, int first, int n);

    /// Combines the elements into the lanes from `at`; the first goes to lane 0.
    void reduce(Reduction reduction, float[] a, int ao, int am, float[] lanes, int at, int n);

    void reduce(Reduction reduction, int[] a, int ao, int am, int[] lanes, int at, int n);

    /// Combines each element into its place in `r`.
    void accumulate(Reduction reduction, float[] a, int ao, int am, float[] r, int ro, int n);

    void accumulate(Reduction reduction, int[] a, int ao, int am, int[] r, int ro, int n);
}
