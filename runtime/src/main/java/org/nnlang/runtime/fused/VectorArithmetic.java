package org.nnlang.runtime.fused;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The arithmetic loops of the tile tier over vectors: each does as many whole vectors as there are and returns where it
/// stopped. They are small methods of their own, so that each is compiled once and for all.
final class VectorArithmetic {
    static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());

    private VectorArithmetic() {}

    static int add(float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            x.add(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int subtract(float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            x.sub(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int multiply(float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            x.mul(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int divide(float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            x.div(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int min(float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            x.blend(y, y.compare(VectorOperators.LT, x)).intoArray(r, ro + i);
        }
        return end;
    }

    static int max(float[] a, int ao, int am, float[] b, int bo, int bm, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            x.blend(y, x.compare(VectorOperators.LT, y)).intoArray(r, ro + i);
        }
        return end;
    }

    static int fma(
            float[] a, int ao, int am, float[] b, int bo, int bm, float[] c, int co, int cm, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector y = FloatVector.fromArray(F, b, bo + (i & bm));
            FloatVector z = FloatVector.fromArray(F, c, co + (i & cm));
            x.fma(y, z).intoArray(r, ro + i);
        }
        return end;
    }

    static int negate(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            x.neg().intoArray(r, ro + i);
        }
        return end;
    }

    static int abs(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            x.abs().intoArray(r, ro + i);
        }
        return end;
    }

    static int sqrt(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            x.sqrt().intoArray(r, ro + i);
        }
        return end;
    }

    static int reciprocalSqrt(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector.broadcast(F, 1f).div(x.sqrt()).intoArray(r, ro + i);
        }
        return end;
    }

    static int sign(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            x.blend(1f, x.compare(VectorOperators.GT, 0f)).blend(-1f, x.compare(VectorOperators.LT, 0f)).intoArray(r, ro + i);
        }
        return end;
    }

    /// As [ScalarMath#floor].
    static int floor(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector cut = (FloatVector) x.convertShape(VectorOperators.F2I, I, 0).convertShape(VectorOperators.I2F, F, 0);
            FloatVector floor = cut.blend(cut.sub(1f), cut.compare(VectorOperators.GT, x));
            IntVector sign = x.reinterpretAsInts().and(ScalarMath.SIGN_BIT);
            FloatVector signed = floor.reinterpretAsInts().or(sign).reinterpretAsFloats();
            x.blend(signed, x.abs().compare(VectorOperators.LT, ScalarMath.WHOLE)).intoArray(r, ro + i);
        }
        return end;
    }

    /// As [ScalarMath#ceil].
    static int ceil(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector cut = (FloatVector) x.convertShape(VectorOperators.F2I, I, 0).convertShape(VectorOperators.I2F, F, 0);
            FloatVector ceil = cut.blend(cut.add(1f), cut.compare(VectorOperators.LT, x));
            IntVector sign = x.reinterpretAsInts().and(ScalarMath.SIGN_BIT);
            FloatVector signed = ceil.reinterpretAsInts().or(sign).reinterpretAsFloats();
            x.blend(signed, x.abs().compare(VectorOperators.LT, ScalarMath.WHOLE)).intoArray(r, ro + i);
        }
        return end;
    }

    /// As [ScalarMath#round].
    static int round(float[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            FloatVector size = x.abs();
            FloatVector rounded = size.add(ScalarMath.WHOLE).sub(ScalarMath.WHOLE);
            IntVector sign = x.reinterpretAsInts().and(ScalarMath.SIGN_BIT);
            FloatVector signed = rounded.reinterpretAsInts().or(sign).reinterpretAsFloats();
            x.blend(signed, size.compare(VectorOperators.LT, ScalarMath.WHOLE)).intoArray(r, ro + i);
        }
        return end;
    }

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

    static int not(int[] a, int ao, int am, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            x.lanewise(VectorOperators.XOR, 1).intoArray(r, ro + i);
        }
        return end;
    }

    static int truth(int[] a, int ao, int am, int[] r, int ro, int n) {
        int end = I.loopBound(n);
        for (int i = 0; i < end; i += I.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
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

    static int toFloat(int[] a, int ao, int am, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            IntVector x = IntVector.fromArray(I, a, ao + (i & am));
            ((FloatVector) x.convertShape(VectorOperators.I2F, F, 0)).intoArray(r, ro + i);
        }
        return end;
    }

    static int toInt(float[] a, int ao, int am, int[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            ((IntVector) x.convertShape(VectorOperators.F2I, I, 0)).intoArray(r, ro + i);
        }
        return end;
    }

    static int truth(float[] a, int ao, int am, int[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + (i & am));
            IntVector.zero(I).blend(1, x.compare(VectorOperators.NE, 0f).cast(I)).intoArray(r, ro + i);
        }
        return end;
    }
}
