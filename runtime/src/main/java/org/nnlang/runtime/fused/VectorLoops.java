package org.nnlang.runtime.fused;

import org.nnlang.runtime.kernel.VectorMath;

/// The loops of the tile tier over vectors, with scalar ends.
final class VectorLoops implements TileLoops {
    private static final ScalarLoops SCALAR = new ScalarLoops();

    /// Where operands stand in as many copies as there are elements, one value is a run like any other.
    private static boolean isRun(int mask, int n) {
        return mask != 0 || n <= Reduction.LANES;
    }

    @Override
    public void unary(Opcode op, float[] a, int ao, int am, float[] r, int ro, int n) {
        int done = switch (op) {
            case NEG -> VectorArithmetic.negate(a, ao, r, ro, n);
            case ABS -> VectorArithmetic.abs(a, ao, r, ro, n);
            case SIGN -> VectorArithmetic.sign(a, ao, r, ro, n);
            case SQRT -> VectorArithmetic.sqrt(a, ao, r, ro, n);
            case RSQRT -> VectorArithmetic.reciprocalSqrt(a, ao, r, ro, n);
            case FLOOR -> VectorArithmetic.floor(a, ao, r, ro, n);
            case CEIL -> VectorArithmetic.ceil(a, ao, r, ro, n);
            case ROUND -> VectorArithmetic.round(a, ao, r, ro, n);
            default -> -1;
        };
        if (done >= 0) {
            SCALAR.unary(op, a, ao + done, am, r, ro + done, n - done);
            return;
        }
        switch (op) {
            case EXP -> VectorMath.exp(a, ao, r, ro, n);
            case LOG -> VectorMath.log(a, ao, r, ro, n);
            case LOG1P -> VectorMath.log1p(a, ao, r, ro, n);
            case EXPM1 -> VectorMath.expm1(a, ao, r, ro, n);
            case TANH -> VectorMath.tanh(a, ao, r, ro, n);
            case ERF -> VectorMath.erf(a, ao, r, ro, n);
            case SIN -> VectorMath.sin(a, ao, r, ro, n);
            case COS -> VectorMath.cos(a, ao, r, ro, n);
            default -> throw new AssertionError(op);
        }
    }

    @Override
    public void binary(Opcode op, float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        if (op == Opcode.POW) {
            pow(a, ao, am, b, bo, bm, r, ro, n);
            return;
        }
        int done;
        if (isRun(am, n) && isRun(bm, n)) {
            done = switch (op) {
                case ADD -> VectorArithmetic.add(a, ao, b, bo, r, ro, n);
                case SUB -> VectorArithmetic.subtract(a, ao, b, bo, r, ro, n);
                case MUL -> VectorArithmetic.multiply(a, ao, b, bo, r, ro, n);
                case DIV -> VectorArithmetic.divide(a, ao, b, bo, r, ro, n);
                case MIN -> VectorArithmetic.min(a, ao, b, bo, r, ro, n);
                case MAX -> VectorArithmetic.max(a, ao, b, bo, r, ro, n);
                default -> 0;
            };
        } else if (am != 0) {
            float y = b[bo];
            done = switch (op) {
                case ADD -> VectorArithmetic.add(a, ao, y, r, ro, n);
                case SUB -> VectorArithmetic.subtract(a, ao, y, r, ro, n);
                case MUL -> VectorArithmetic.multiply(a, ao, y, r, ro, n);
                case DIV -> VectorArithmetic.divide(a, ao, y, r, ro, n);
                case MIN -> VectorArithmetic.min(a, ao, y, r, ro, n);
                case MAX -> VectorArithmetic.max(a, ao, y, r, ro, n);
                default -> 0;
            };
        } else if (bm != 0) {
            float x = a[ao];
            done = switch (op) {
                case ADD -> VectorArithmetic.add(b, bo, x, r, ro, n);
                case SUB -> VectorArithmetic.subtract(x, b, bo, r, ro, n);
                case MUL -> VectorArithmetic.multiply(b, bo, x, r, ro, n);
                case DIV -> VectorArithmetic.divide(x, b, bo, r, ro, n);
                case MIN -> VectorArithmetic.min(x, b, bo, r, ro, n);
                case MAX -> VectorArithmetic.max(x, b, bo, r, ro, n);
                default -> 0;
            };
        } else {
            done = 0;
        }
        SCALAR.binary(op, a, ao + (done & am), am, b, bo + (done & bm), bm, r, ro + done, n - done);
    }

    /// Where one operand is a single value, the copies of it make runs of [Reduction#LANES] elements.
    private static void pow(float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        if (isRun(am, n) && isRun(bm, n)) {
            VectorMath.pow(a, ao, b, bo, r, ro, n);
            return;
        }
        for (int i = 0; i < n; i += Reduction.LANES) {
            VectorMath.pow(a, ao + (i & am), b, bo + (i & bm), r, ro + i, Math.min(Reduction.LANES, n - i));
        }
    }

    @Override
    public void fma(
            float[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n) {
        int done = 0;
        boolean runA = isRun(am, n);
        boolean runB = isRun(bm, n);
        boolean runC = isRun(cm, n);
        if (runA && runB) {
            done = runC
                    ? VectorArithmetic.fma(a, ao, b, bo, c, co, r, ro, n)
                    : VectorArithmetic.fma(a, ao, b, bo, c[co], r, ro, n);
        } else if (runA) {
            done = runC
                    ? VectorArithmetic.fma(a, ao, b[bo], c, co, r, ro, n)
                    : VectorArithmetic.fma(a, ao, b[bo], c[co], r, ro, n);
        } else if (runB) {
            done = runC
                    ? VectorArithmetic.fma(b, bo, a[ao], c, co, r, ro, n)
                    : VectorArithmetic.fma(b, bo, a[ao], c[co], r, ro, n);
        }
        SCALAR.fma(
                a, ao + (done & am), am, b, bo + (done & bm), bm, c, co + (done & cm), cm, r, ro + done, n - done);
    }

    @Override
    public void unary(Opcode op, int[] a, int ao, int am, int[] r, int ro, int n) {
        int done = switch (op) {
            case NOT -> VectorLogic.not(a, ao, r, ro, n);
            case TO_BOOL -> VectorLogic.truth(a, ao, r, ro, n);
            default -> 0;
        };
        SCALAR.unary(op, a, ao + (done & am), am, r, ro + done, n - done);
    }

    @Override
    public void binary(Opcode op, int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int done = switch (op) {
            case ADD -> VectorLogic.add(a, ao, am, b, bo, bm, r, ro, n);
            case SUB -> VectorLogic.subtract(a, ao, am, b, bo, bm, r, ro, n);
            case MUL -> VectorLogic.multiply(a, ao, am, b, bo, bm, r, ro, n);
            case MIN -> VectorLogic.min(a, ao, am, b, bo, bm, r, ro, n);
            case MAX -> VectorLogic.max(a, ao, am, b, bo, bm, r, ro, n);
            case AND -> VectorLogic.and(a, ao, am, b, bo, bm, r, ro, n);
            case OR -> VectorLogic.or(a, ao, am, b, bo, bm, r, ro, n);
            case LT -> VectorLogic.less(a, ao, am, b, bo, bm, r, ro, n);
            case LE -> VectorLogic.lessOrEqual(a, ao, am, b, bo, bm, r, ro, n);
            case EQ -> VectorLogic.equal(a, ao, am, b, bo, bm, r, ro, n);
            case NE -> VectorLogic.notEqual(a, ao, am, b, bo, bm, r, ro, n);
            default -> 0;
        };
        SCALAR.binary(op, a, ao + (done & am), am, b, bo + (done & bm), bm, r, ro + done, n - done);
    }

    @Override
    public void compare(Opcode op, float[] a, int ao, int am, float[] b, int bo, int bm, int[] r, int ro, int n) {
        int done = switch (op) {
            case LT -> VectorLogic.less(a, ao, am, b, bo, bm, r, ro, n);
            case LE -> VectorLogic.lessOrEqual(a, ao, am, b, bo, bm, r, ro, n);
            case EQ -> VectorLogic.equal(a, ao, am, b, bo, bm, r, ro, n);
            case NE -> VectorLogic.notEqual(a, ao, am, b, bo, bm, r, ro, n);
            default -> throw new AssertionError(op);
        };
        SCALAR.compare(op, a, ao + (done & am), am, b, bo + (done & bm), bm, r, ro + done, n - done);
    }

    @Override
    public void select(
            int[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n) {
        int done = VectorLogic.select(a, ao, am, b, bo, bm, c, co, cm, r, ro, n);
        SCALAR.select(
                a, ao + (done & am), am, b, bo + (done & bm), bm, c, co + (done & cm), cm, r, ro + done, n - done);
    }

    @Override
    public void select(
            int[] a, int ao, int am, int[] b, int bo, int bm, int[] c, int co, int cm, int[] r, int ro, int n) {
        int done = VectorLogic.select(a, ao, am, b, bo, bm, c, co, cm, r, ro, n);
        SCALAR.select(
                a, ao + (done & am), am, b, bo + (done & bm), bm, c, co + (done & cm), cm, r, ro + done, n - done);
    }

    @Override
    public void toFloat(int[] a, int ao, int am, float[] r, int ro, int n) {
        int done = VectorLogic.toFloat(a, ao, r, ro, n);
        SCALAR.toFloat(a, ao + (done & am), am, r, ro + done, n - done);
    }

    @Override
    public void fromFloat(Opcode op, float[] a, int ao, int am, int[] r, int ro, int n) {
        int done = op == Opcode.TO_I32
                ? VectorLogic.toInt(a, ao, r, ro, n)
                : VectorLogic.truth(a, ao, r, ro, n);
        SCALAR.fromFloat(op, a, ao + (done & am), am, r, ro + done, n - done);
    }

    @Override
    public void copy(float[] a, int ao, int am, float[] r, int ro, int n) {
        SCALAR.copy(a, ao, am, r, ro, n);
    }

    @Override
    public void copy(int[] a, int ao, int am, int[] r, int ro, int n) {
        SCALAR.copy(a, ao, am, r, ro, n);
    }

    @Override
    public void gather(float[] a, int ao, int stride, float[] r, int ro, int n) {
        SCALAR.gather(a, ao, stride, r, ro, n);
    }

    @Override
    public void gather(int[] a, int ao, int stride, int[] r, int ro, int n) {
        SCALAR.gather(a, ao, stride, r, ro, n);
    }

    @Override
    public void scatter(float[] a, int ao, int am, float[] r, int ro, int stride, int n) {
        SCALAR.scatter(a, ao, am, r, ro, stride, n);
    }

    @Override
    public void scatter(int[] a, int ao, int am, int[] r, int ro, int stride, int n) {
        SCALAR.scatter(a, ao, am, r, ro, stride, n);
    }

    @Override
    public void count(int[] r, int ro, int first, int n) {
        SCALAR.count(r, ro, first, n);
    }

    @Override
    public void reduce(Reduction reduction, float[] a, int ao, int am, float[] lanes, int at, int n) {
        int done = 0;
        if (am != 0) {
            done = switch (reduction) {
                case SUM -> VectorReductions.sum(a, ao, lanes, at, n);
                case PRODUCT -> VectorReductions.product(a, ao, lanes, at, n);
                case MAX -> VectorReductions.max(a, ao, lanes, at, n);
                case MIN -> VectorReductions.min(a, ao, lanes, at, n);
                case ARGMAX, ARGMIN -> throw new AssertionError(reduction);
            };
        }
        ScalarLoops.reduce(reduction, a, ao, am, lanes, at, done, n);
    }

    @Override
    public void reduce(Reduction reduction, int[] a, int ao, int am, int[] lanes, int at, int n) {
        SCALAR.reduce(reduction, a, ao, am, lanes, at, n);
    }

    @Override
    public void accumulate(Reduction reduction, float[] a, int ao, int am, float[] r, int ro, int n) {
        int done = switch (reduction) {
            case SUM -> VectorReductions.sumInto(a, ao, am, r, ro, n);
            case PRODUCT -> VectorReductions.productInto(a, ao, am, r, ro, n);
            case MAX -> VectorReductions.maxInto(a, ao, am, r, ro, n);
            case MIN -> VectorReductions.minInto(a, ao, am, r, ro, n);
            case ARGMAX, ARGMIN -> throw new AssertionError(reduction);
        };
        SCALAR.accumulate(reduction, a, ao + (done & am), am, r, ro + done, n - done);
    }

    @Override
    public void accumulate(Reduction reduction, int[] a, int ao, int am, int[] r, int ro, int n) {
        SCALAR.accumulate(reduction, a, ao, am, r, ro, n);
    }
}
