package org.nnlang.runtime.fused;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The f32 arithmetic of the tile tier over vectors: each loop does as many whole vectors as there are and returns where
/// it stopped. Loops are small methods of their own, so that each is compiled once and for all; where one operand is a
/// single value there is a second loop, which is a third faster than one that masks its index.
final class VectorArithmetic {
    static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());

    private VectorArithmetic() {}

    static int add(float[] a, int ao, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.add(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int add(float[] a, int ao, float b, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector y = FloatVector.broadcast(F, b);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.add(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int subtract(float[] a, int ao, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.sub(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int subtract(float[] a, int ao, float b, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector y = FloatVector.broadcast(F, b);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.sub(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int subtract(float a, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector x = FloatVector.broadcast(F, a);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.sub(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int multiply(float[] a, int ao, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.mul(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int multiply(float[] a, int ao, float b, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector y = FloatVector.broadcast(F, b);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.mul(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int divide(float[] a, int ao, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.div(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int divide(float[] a, int ao, float b, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector y = FloatVector.broadcast(F, b);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.div(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int divide(float a, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector x = FloatVector.broadcast(F, a);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.div(y).intoArray(r, ro + i);
        }
        return end;
    }

    static int min(float[] a, int ao, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.blend(y, y.compare(VectorOperators.LT, x)).intoArray(r, ro + i);
        }
        return end;
    }

    static int min(float[] a, int ao, float b, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector y = FloatVector.broadcast(F, b);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.blend(y, y.compare(VectorOperators.LT, x)).intoArray(r, ro + i);
        }
        return end;
    }

    static int min(float a, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector x = FloatVector.broadcast(F, a);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.blend(y, y.compare(VectorOperators.LT, x)).intoArray(r, ro + i);
        }
        return end;
    }

    static int max(float[] a, int ao, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.blend(y, x.compare(VectorOperators.LT, y)).intoArray(r, ro + i);
        }
        return end;
    }

    static int max(float[] a, int ao, float b, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector y = FloatVector.broadcast(F, b);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.blend(y, x.compare(VectorOperators.LT, y)).intoArray(r, ro + i);
        }
        return end;
    }

    static int max(float a, float[] b, int bo, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector x = FloatVector.broadcast(F, a);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.blend(y, x.compare(VectorOperators.LT, y)).intoArray(r, ro + i);
        }
        return end;
    }

    static int fma(float[] a, int ao, float[] b, int bo, float[] c, int co, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            FloatVector z = FloatVector.fromArray(F, c, co + i);
            x.fma(y, z).intoArray(r, ro + i);
        }
        return end;
    }

    static int fma(float[] a, int ao, float b, float[] c, int co, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector y = FloatVector.broadcast(F, b);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector z = FloatVector.fromArray(F, c, co + i);
            x.fma(y, z).intoArray(r, ro + i);
        }
        return end;
    }

    static int fma(float[] a, int ao, float[] b, int bo, float c, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector z = FloatVector.broadcast(F, c);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector y = FloatVector.fromArray(F, b, bo + i);
            x.fma(y, z).intoArray(r, ro + i);
        }
        return end;
    }

    static int fma(float[] a, int ao, float b, float c, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        FloatVector y = FloatVector.broadcast(F, b);
        FloatVector z = FloatVector.broadcast(F, c);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector.fromArray(F, a, ao + i).fma(y, z).intoArray(r, ro + i);
        }
        return end;
    }

    static int negate(float[] a, int ao, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.neg().intoArray(r, ro + i);
        }
        return end;
    }

    static int abs(float[] a, int ao, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.abs().intoArray(r, ro + i);
        }
        return end;
    }

    static int sqrt(float[] a, int ao, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.sqrt().intoArray(r, ro + i);
        }
        return end;
    }

    static int reciprocalSqrt(float[] a, int ao, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector.broadcast(F, 1f).div(x.sqrt()).intoArray(r, ro + i);
        }
        return end;
    }

    static int sign(float[] a, int ao, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            x.blend(1f, x.compare(VectorOperators.GT, 0f)).blend(-1f, x.compare(VectorOperators.LT, 0f)).intoArray(r,
                    ro + i);
        }
        return end;
    }

    /// As [ScalarMath#floor].
    static int floor(float[] a, int ao, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            IntVector whole = (IntVector) x.convertShape(VectorOperators.F2I, I, 0);
            FloatVector cut = (FloatVector) whole.convertShape(VectorOperators.I2F, F, 0);
            FloatVector floor = cut.blend(cut.sub(1f), cut.compare(VectorOperators.GT, x));
            IntVector sign = x.reinterpretAsInts().and(ScalarMath.SIGN_BIT);
            FloatVector signed = floor.reinterpretAsInts().or(sign).reinterpretAsFloats();
            x.blend(signed, x.abs().compare(VectorOperators.LT, ScalarMath.WHOLE)).intoArray(r, ro + i);
        }
        return end;
    }

    /// As [ScalarMath#ceil].
    static int ceil(float[] a, int ao, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            IntVector whole = (IntVector) x.convertShape(VectorOperators.F2I, I, 0);
            FloatVector cut = (FloatVector) whole.convertShape(VectorOperators.I2F, F, 0);
            FloatVector ceil = cut.blend(cut.add(1f), cut.compare(VectorOperators.LT, x));
            IntVector sign = x.reinterpretAsInts().and(ScalarMath.SIGN_BIT);
            FloatVector signed = ceil.reinterpretAsInts().or(sign).reinterpretAsFloats();
            x.blend(signed, x.abs().compare(VectorOperators.LT, ScalarMath.WHOLE)).intoArray(r, ro + i);
        }
        return end;
    }

    /// As [ScalarMath#round].
    static int round(float[] a, int ao, float[] r, int ro, int n) {
        int end = F.loopBound(n);
        for (int i = 0; i < end; i += F.length()) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            FloatVector size = x.abs();
            FloatVector rounded = size.add(ScalarMath.WHOLE).sub(ScalarMath.WHOLE);
            IntVector sign = x.reinterpretAsInts().and(ScalarMath.SIGN_BIT);
            FloatVector signed = rounded.reinterpretAsInts().or(sign).reinterpretAsFloats();
            x.blend(signed, size.compare(VectorOperators.LT, ScalarMath.WHOLE)).intoArray(r, ro + i);
        }
        return end;
    }
}
