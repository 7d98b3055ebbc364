package org.nnlang.runtime.fused;

import java.util.Arrays;

/// The loops of the scalar tier, and the ends of [VectorLoops]' loops. The simplest operations have loops without masks,
/// of which C2 makes vectors by itself.
final class ScalarLoops implements TileLoops {
    @Override
    public void unary(Opcode op, float[] a, int ao, int am, float[] r, int ro, int n) {
        if (op == Opcode.SQRT) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = ScalarMath.sqrt(a[ao + (i & am)]);
            }
            return;
        }
        for (int i = 0; i < n; i++) {
            r[ro + i] = ScalarMath.apply(op, a[ao + (i & am)]);
        }
    }

    @Override
    public void binary(Opcode op, float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        switch (op) {
            case ADD -> add(a, ao, am, b, bo, bm, r, ro, n);
            case SUB -> subtract(a, ao, am, b, bo, bm, r, ro, n);
            case MUL -> multiply(a, ao, am, b, bo, bm, r, ro, n);
            case DIV -> divide(a, ao, am, b, bo, bm, r, ro, n);
            case MAX -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = ScalarMath.max(a[ao + (i & am)], b[bo + (i & bm)]);
                }
            }
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

    @Override
    public void fma(
            float[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n) {
        if ((am & bm & cm) != 0) {
            for (int i = 0; i < n; i++) {
                r[ro + i] = Math.fma(a[ao + i], b[bo + i], c[co + i]);
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
        for (int i = 0; i < n; i++) {
            r[ro + i] = ScalarMath.compare(op, a[ao + (i & am)], b[bo + (i & bm)]) ? 1 : 0;
        }
    }

    @Override
    public void select(
            int[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n) {
        for (int i = 0; i < n; i++) {
            r[ro + i] = a[ao + (i & am)] != 0 ? b[bo + (i & bm)] : c[co + (i & cm)];
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
            for (int i = start; i < n; i++) {
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
