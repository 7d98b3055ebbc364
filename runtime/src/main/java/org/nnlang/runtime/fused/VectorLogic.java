package org.nnlang.runtime.fused;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The integers, comparisons, choices and conversions of the tile tier over vectors, as [VectorArithmetic]. Operands may be
/// one value, by a mask of 0; see [TileLoops].
final class VectorLogic {
    private static final VectorSpecies<Float> F = VectorArithmetic.F;
    private static final VectorSpecies<Integer> I = VectorArithmetic.I;

    private VectorLogic() {}

    static int add(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            x.add(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int subtract(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            x.sub(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int multiply(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            x.mul(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int min(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            x.min(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int max(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            x.max(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int and(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            x.and(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int or(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            x.or(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int less(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            IntVector.zero(I).blend(1, x.compare(VectorOperators.LT, y)).intoArray(r, ro + i);
        }
        return end;
    }

    static int lessOrEqual(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            IntVector.zero(I).blend(1, x.compare(VectorOperators.LE, y)).intoArray(r, ro + i);
        }
        return end;
    }

    static int equal(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            IntVector.zero(I).blend(1, x.compare(VectorOperators.EQ, y)).intoArray(r, ro + i);
        }
        return end;
    }

    static int notEqual(int[] a, int ao, int am, int[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            IntVector y = IntVector.fromArray(I, b, bo + (i & bm));
            IntVector.zero(I).blend(1, x.compare(VectorOperators.NE, y)).intoArray(r, ro + i);
        }
        return end;
    }

    static int not(int[] a, int ao, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + i);
            x.lanewise(VectorOperators.XOR, 1).intoArray(r, ro + i);
        }
        return end;
    }

    static int truth(int[] a, int ao, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + i);
            IntVector.zero(I).blend(1, x.compare(VectorOperators.NE, 0)).intoArray(r, ro + i);
        }
        return end;
    }

    static int less(float[] a, int ao, int am, float[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            VectorMask<Integer> holds = x.compare(VectorOperators.LT, y).cast(I);
            IntVector.zero(I).blend(1, holds).intoArray(r, ro + i);
        }
        return end;
    }

    static int lessOrEqual(float[] a, int ao, int am, float[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            VectorMask<Integer> holds = x.compare(VectorOperators.LE, y).cast(I);
            IntVector.zero(I).blend(1, holds).intoArray(r, ro + i);
        }
        return end;
    }

    static int equal(float[] a, int ao, int am, float[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            VectorMask<Integer> holds = x.compare(VectorOperators.EQ, y).cast(I);
            IntVector.zero(I).blend(1, holds).intoArray(r, ro + i);
        }
        return end;
    }

    static int notEqual(float[] a, int ao, int am, float[] b, int bo, int bm, int[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            VectorMask<Integer> holds = x.compare(VectorOperators.NE, y).cast(I);
            IntVector.zero(I).blend(1, holds).intoArray(r, ro + i);
        }
        return end;
    }

    static int select(
            int[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            IntVector condition = IntVector.fromArray(I, a, ao + (i & am));
            FloatVector x = FloatVector.fromArray(F, b, bo + (i & bm));
            FloatVector y = FloatVector.fromArray(F, c, co + (i & cm));
            y.blend(x, condition.compare(VectorOperators.NE, 0).cast(F)).intoArray(r, ro + i);
        }
        return end;
    }

    static int select(
            int[] a, int ao, int am, int[] b, int bo, int bm, int[] c, int co, int cm, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector condition = IntVector.fromArray(I, a, ao + (i & am));
            IntVector x = IntVector.fromArray(I, b, bo + (i & bm));
            IntVector y = IntVector.fromArray(I, c, co + (i & cm));
            y.blend(x, condition.compare(VectorOperators.NE, 0)).intoArray(r, ro + i);
        }
        return end;
    }

    static int toFloat(int[] a, int ao, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + i);
            ((FloatVector) x.convertShape(VectorOperators.I2F, F, 0)).intoArray(r, ro + i);
        }
        return end;
    }

    static int toInt(float[] a, int ao, int[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            ((IntVector) x.convertShape(VectorOperators.F2I, I, 0)).intoArray(r, ro + i);
        }
        return end;
    }

    static int truth(float[] a, int ao, int[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            IntVector.zero(I).blend(1, x.compare(VectorOperators.NE, 0f).cast(I)).intoArray(r, ro + i);
        }
        return end;
    }
}
