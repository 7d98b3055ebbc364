package org.nnlang.runtime.fused;

import java.util.Arrays;
import org.nnlang.runtime.kernel.Scalars;

/// The loops of the scalar tier, and the ends of [VectorLoops]' loops. What is frequent has a loop for runs, and one where an operand is a
/// single value: with masks C2 checks the bounds of each access, and takes three times as long.
final class ScalarLoops implements TileLoops {
    @Override
    public void unary(Opcode op, float[] a, int ao, int am, float[] r, int ro, int n) {
        if (op == Opcode.SQRT) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = ScalarMath.sqrt(a[ao + (i & am)]);
            }
            return;
        }
        if (am == 0) {
            Arrays.fill(r, ro, ro + n, ScalarMath.apply(op, a[ao]));
        } else if (op == Opcode.EXP) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = Scalars.exp(a[ao + i]);
            }
        } else if (op == Opcode.ERF) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = Scalars.erf(a[ao + i]);
            }
        } else {
            for (int i = 0; i < n; i++) {
                r[ro + i] = ScalarMath.apply(op, a[ao + i]);
            }
        }
    }

    @Override
    public void binary(Opcode op, float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        switch (op) {
            case ADD -> add(a, ao, am, b, bo, bm, r, ro, n);
            case SUB -> subtract(a, ao, am, b, bo, bm, r, ro, n);
            case MUL -> multiply(a, ao, am, b, bo, bm, r, ro, n);
            case DIV -> divide(a, ao, am, b, bo, bm, r, ro, n);
            case MAX -> maximum(a, ao, am, b, bo, bm, r, ro, n);
            case MIN -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = ScalarMath.min(a[ao + (i & am)], b[bo + (i & bm)]);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = ScalarMath.apply(op, a[ao + (i & am)], b[bo + (i & bm)]);
                }
            }
        }
    }

    private static void add(
            float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        if ((am & bm) != 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] + b[bo + i];
            }
        } else if (am != 0) {
            float y = b[bo];
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] + y;
            }
        } else {
            float x = a[ao];
            for (int i = 0; i < n; i++) {
                r[ro + i] = x + b[bo + (i & bm)];
            }
        }
    }

    private static void subtract(
            float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        if ((am & bm) != 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] - b[bo + i];
            }
        } else if (am != 0) {
            float y = b[bo];
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] - y;
            }
        } else {
            float x = a[ao];
            for (int i = 0; i < n; i++) {
                r[ro + i] = x - b[bo + (i & bm)];
            }
        }
    }

    private static void multiply(
            float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        if ((am & bm) != 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] * b[bo + i];
            }
        } else if (am != 0) {
            float y = b[bo];
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] * y;
            }
        } else {
            float x = a[ao];
            for (int i = 0; i < n; i++) {
                r[ro + i] = x * b[bo + (i & bm)];
            }
        }
    }

    private static void divide(
            float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        if ((am & bm) != 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] / b[bo + i];
            }
        } else if (am != 0) {
            float y = b[bo];
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] / y;
            }
        } else {
            float x = a[ao];
            for (int i = 0; i < n; i++) {
                r[ro + i] = x / b[bo + (i & bm)];
            }
        }
    }

    private static void maximum(
            float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        if ((am & bm) != 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = ScalarMath.max(a[ao + i], b[bo + i]);
            }
        } else if (am != 0) {
            float y = b[bo];
            for (int i = 0; i < n; i++) {
                r[ro + i] = ScalarMath.max(a[ao + i], y);
            }
        } else {
            float x = a[ao];
            for (int i = 0; i < n; i++) {
                r[ro + i] = ScalarMath.max(x, b[bo + (i & bm)]);
            }
        }
    }

    @Override
    public void fma(
            float[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n) {
        if ((am & bm & cm) != 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = Math.fma(a[ao + i], b[bo + i], c[co + i]);
            }
        } else if ((am & bm) != 0) {
            float z = c[co];
            for (int i = 0; i < n; i++) {
                r[ro + i] = Math.fma(a[ao + i], b[bo + i], z);
            }
        } else if ((am & cm) != 0) {
            float y = b[bo];
            for (int i = 0; i < n; i++) {
                r[ro + i] = Math.fma(a[ao + i], y, c[co + i]);
            }
        } else if (am != 0) {
            float y = b[bo];
            float z = c[co];
            for (int i = 0; i < n; i++) {
                r[ro + i] = Math.fma(a[ao + i], y, z);
            }
        } else if ((bm & cm) != 0) {
            float x = a[ao];
            for (int i = 0; i < n; i++) {
                r[ro + i] = Math.fma(x, b[bo + i], c[co + i]);
            }
        } else {
            for (int i = 0; i < n; i++) {
                r[ro + i] = Math.fma(a[ao + (i & am)], b[bo + (i & bm)], c[co + (i & cm)]);
            }
        }
    }

    @Override
    public void unary(Opcode op, int[] a, int ao, int am, int[] r, int ro, int n) {
        for (int i = 0; i < n; i++) {
            r[ro + i] = ScalarMath.apply(op, a[ao + (i & am)]);
        }
    }

    @Override
    public void binary(Opcode op, int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        for (int i = 0; i < n; i++) {
            r[ro + i] = ScalarMath.apply(op, a[ao + (i & am)], b[bo + (i & bm)]);
        }
    }

    @Override
    public void compare(Opcode op, float[] a, int ao, int am, float[] b, int bo, int bm, int[] r, int ro, int n) {
        if (am == 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = ScalarMath.compare(op, a[ao], b[bo + (i & bm)]) ? 1 : 0;
            }
        } else if (bm == 0) {
            ScalarComparisons.withOne(op, a, ao, b[bo], r, ro, n);
        } else {
            ScalarComparisons.runs(op, a, ao, b, bo, r, ro, n);
        }
    }

    @Override
    public void select(
            int[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n) {
        if ((am & bm & cm) != 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] != 0 ? b[bo + i] : c[co + i];
            }
        } else if ((am & bm) != 0) {
            float z = c[co];
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] != 0 ? b[bo + i] : z;
            }
        } else if ((am & cm) != 0) {
            float y = b[bo];
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] != 0 ? y : c[co + i];
            }
        } else if (am != 0) {
            float y = b[bo];
            float z = c[co];
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + i] != 0 ? y : z;
            }
        } else {
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao] != 0 ? b[bo + (i & bm)] : c[co + (i & cm)];
            }
        }
    }

    @Override
    public void select(
            int[] a, int ao, int am, int[] b, int bo, int bm, int[] c, int co, int cm, int[] r, int ro, int n) {
        for (int i = 0; i < n; i++) {
            r[ro + i] = a[ao + (i & am)] != 0 ? b[bo + (i & bm)] : c[co + (i & cm)];
        }
    }

    @Override
    public void toFloat(int[] a, int ao, int am, float[] r, int ro, int n) {
        for (int i = 0; i < n; i++) {
            r[ro + i] = a[ao + (i & am)];
        }
    }

    @Override
    public void fromFloat(Opcode op, float[] a, int ao, int am, int[] r, int ro, int n) {
        if (op == Opcode.TO_I32) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = (int) a[ao + (i & am)];
            }
        } else {
            for (int i = 0; i < n; i++) {
                r[ro + i] = a[ao + (i & am)] != 0 ? 1 : 0;
            }
        }
    }

    @Override
    public void copy(float[] a, int ao, int am, float[] r, int ro, int n) {
        if (am == 0) {
            Arrays.fill(r, ro, ro + n, a[ao]);
        } else {
            System.arraycopy(a, ao, r, ro, n);
        }
    }

    @Override
    public void gather(float[] a, int ao, int stride, float[] r, int ro, int n) {
        if (stride == 1) {
            System.arraycopy(a, ao, r, ro, n);
            return;
        }
        for (int i = 0; i < n; i++) {
            r[ro + i] = a[ao + i * stride];
        }
    }

    @Override
    public void scatter(float[] a, int ao, int am, float[] r, int ro, int stride, int n) {
        for (int i = 0; i < n; i++) {
            r[ro + i * stride] = a[ao + (i & am)];
        }
    }

    @Override
    public void reduce(Reduction reduction, float[] a, int ao, int am, float[] lanes, int at, int n) {
        reduce(reduction, a, ao, am, lanes, at, 0, n);
    }

    /// Reduces the elements from `start`, which is the place of one for lane 0.
    static void reduce(Reduction reduction, float[] a, int ao, int am, float[] lanes, int at, int start, int n) {
        if (reduction == Reduction.SUM && am != 0) {
            int i = start;
            // All lanes in turn, as often as there are elements for it; `start` is the place of one for lane 0.
            for (; i <= n - Reduction.LANES; i += Reduction.LANES) {
                for (int lane = 0; lane < Reduction.LANES; lane++) {
                    lanes[at + lane] += a[ao + i + lane];
                }
            }
            for (; i < n; i++) {
                lanes[at + i % Reduction.LANES] += a[ao + i];
            }
            return;
        }
        for (int i = start; i < n; i++) {
            int lane = at + i % Reduction.LANES;
            lanes[lane] = reduction.apply(lanes[lane], a[ao + (i & am)]);
        }
    }

    /// Lets each lane hold its winner, and its index, which counts from `first`.
    static void reduceIndex(
            Reduction reduction, float[] a, int ao, int am, int first, float[] lanes, int[] indices, int at, int n) {
        for (int i = 0; i < n; i++) {
            int lane = at + i % Reduction.LANES;
            float element = a[ao + (i & am)];
            if (reduction.wins(element, lanes[lane])) {
                lanes[lane] = element;
                indices[lane] = first + i;
            }
        }
    }

    @Override
    public void accumulate(Reduction reduction, float[] a, int ao, int am, float[] r, int ro, int n) {
        if (reduction == Reduction.SUM && am != 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] += a[ao + i];
            }
            return;
        }
        for (int i = 0; i < n; i++) {
            r[ro + i] = reduction.apply(r[ro + i], a[ao + (i & am)]);
        }
    }

    @Override
    public void copy(int[] a, int ao, int am, int[] r, int ro, int n) {
        if (am == 0) {
            Arrays.fill(r, ro, ro + n, a[ao]);
        } else {
            System.arraycopy(a, ao, r, ro, n);
        }
    }

    @Override
    public void gather(int[] a, int ao, int stride, int[] r, int ro, int n) {
        if (stride == 1) {
            System.arraycopy(a, ao, r, ro, n);
            return;
        }
        for (int i = 0; i < n; i++) {
            r[ro + i] = a[ao + i * stride];
        }
    }

    @Override
    public void scatter(int[] a, int ao, int am, int[] r, int ro, int stride, int n) {
        for (int i = 0; i < n; i++) {
            r[ro + i * stride] = a[ao + (i & am)];
        }
    }

    @Override
    public void reduce(Reduction reduction, int[] a, int ao, int am, int[] lanes, int at, int n) {
        reduce(reduction, a, ao, am, lanes, at, 0, n);
    }

    /// Reduces the elements from `start`, which is the place of one for lane 0.
    static void reduce(Reduction reduction, int[] a, int ao, int am, int[] lanes, int at, int start, int n) {
        for (int i = start; i < n; i++) {
            int lane = at + i % Reduction.LANES;
            lanes[lane] = reduction.apply(lanes[lane], a[ao + (i & am)]);
        }
    }

    /// Lets each lane hold its winner, and its index, which counts from `first`.
    static void reduceIndex(
            Reduction reduction, int[] a, int ao, int am, int first, int[] lanes, int[] indices, int at, int n) {
        for (int i = 0; i < n; i++) {
            int lane = at + i % Reduction.LANES;
            int element = a[ao + (i & am)];
            if (reduction.wins(element, lanes[lane])) {
                lanes[lane] = element;
                indices[lane] = first + i;
            }
        }
    }

    @Override
    public void accumulate(Reduction reduction, int[] a, int ao, int am, int[] r, int ro, int n) {
        for (int i = 0; i < n; i++) {
            r[ro + i] = reduction.apply(r[ro + i], a[ao + (i & am)]);
        }
    }

    @Override
    public void count(int[] r, int ro, int first, int n) {
        for (int i = 0; i < n; i++) {
            r[ro + i] = first + i;
        }
    }
}
