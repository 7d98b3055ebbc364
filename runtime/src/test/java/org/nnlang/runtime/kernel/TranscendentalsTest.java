package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.runtime.kernel.Sequence.Op;
import org.nnlang.runtime.kernel.Sequence.Step;

class TranscendentalsTest {
    private static final float[] SPECIAL = {
        0f, -0f, 1f, -1f, 2f, -2f, 0.5f, -0.5f, 3f, -3f, 1e-10f, -1e-10f, 1e-40f, -1e-40f, 88.7f, 88.8f, -87.4f,
        -103.9f, -104.1f,
        Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY, Float.NaN, 8388607.5f, 8388609f, -8388609f, 16777217f, 4194303.5f, 1.0000001f,
        0.99999994f
    };

    /// A function's array spelling, with its scalar spelling as a loop of its own.
    private interface Loop {
        void run(float[] in, float[] out, int offset, int n);
    }

    private interface Scalar {
        float of(float x);
    }

    private record Function(Sequence sequence, Loop loop, Scalar scalar, DoubleUnaryOperator exact, double ulps) {
        @Override
        public String toString() {
            return sequence.name();
        }
    }

    static List<Function> functions() {
        return List.of(
                new Function(
                        Transcendentals.EXP, (in, out, o, n) -> VectorMath.exp(in, o, out, o, n), Scalars::exp,
                        Math::exp, 1.1),
                new Function(
                        Transcendentals.EXPM1, (in, out, o, n) -> VectorMath.expm1(in, o, out, o, n), Scalars::expm1,
                        Math::expm1, 1.5),
                new Function(
                        Transcendentals.LOG, (in, out, o, n) -> VectorMath.log(in, o, out, o, n), Scalars::log,
                        Math::log, 1),
                new Function(
                        Transcendentals.LOG1P, (in, out, o, n) -> VectorMath.log1p(in, o, out, o, n), Scalars::log1p,
                        Math::log1p, 1),
                new Function(
                        Transcendentals.TANH, (in, out, o, n) -> VectorMath.tanh(in, o, out, o, n), Scalars::tanh,
                        Math::tanh, 2.5),
                new Function(
                        Transcendentals.ERF,
                        (in, out, o, n) -> VectorMath.erf(in, o, out, o, n),
                        Scalars::erf,
                        TranscendentalsTest::erf,
                        1),
                new Function(
                        Transcendentals.SIN, (in, out, o, n) -> VectorMath.sin(in, o, out, o, n), Scalars::sin,
                        Math::sin, 1.6),
                new Function(
                        Transcendentals.COS, (in, out, o, n) -> VectorMath.cos(in, o, out, o, n), Scalars::cos,
                        Math::cos, 1.6));
    }

    /// erf(x) = 2/√π · exp(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · … · (2n + 1)), whose terms have one sign.
    private static double erf(double x) {
        double size = Math.abs(x);
        if (size > 6 || Double.isNaN(x)) {
            return Double.isNaN(x) ? x : Math.signum(x);
        }
        double term = size;
        double sum = size;
        for (int n = 1; term > sum * 1e-18; n++) {
            term *= 2 * size * size / (2 * n + 1);
            sum += term;
        }
        return Math.copySign(2 / Math.sqrt(Math.PI) * Math.exp(-size * size) * sum, x);
    }

    /// The special values, then random bits, then values of the sizes that nets see.
    private static float[] inputs() {
        Random random = new Random(7);
        float[] inputs = new float[40_000];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = i < SPECIAL.length
                    ? SPECIAL[i]
                    : i % 2 == 0 ? Float.intBitsToFloat(random.nextInt())
                    : (float) random.nextGaussian() * 8;
        }
        return inputs;
    }

    @ParameterizedTest
    @MethodSource("functions")
    void everySpellingHasTheBitsOfTheSequence(Function function) {
        float[] in = inputs();
        float[] out = new float[in.length];
        // Twice over, so that interpreted and compiled code both show; pieces of odd lengths have tails.
        for (int round = 0; round < 40; round++) {
            for (int offset = 0; offset < in.length; offset += 1237) {
                function.loop.run(in, out, offset, Math.min(1237, in.length - offset));
            }
            if (round == 0 || round == 39) {
                for (int i = 0; i < in.length; i++) {
                    int expected = Float.floatToIntBits(function.sequence.apply(in[i]));
                    float x = in[i];
                    assertEquals(expected, Float.floatToIntBits(out[i]), () -> "vector " + function + "(" + x + ")");
                    assertEquals(
                            expected, Float.floatToIntBits(function.scalar.of(in[i])),
                            () -> "scalar " + function + "(" + x + ")");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void everyFunctionIsAsExactAsItSays(Function function) {
        boolean periodic = function.sequence == Transcendentals.SIN || function.sequence == Transcendentals.COS;
        for (float x : inputs()) {
            double exact = function.exact.applyAsDouble(x);
            float value = function.scalar.of(x);
            if (Double.isNaN(exact) || periodic && Math.abs(x) > 0x1p20f) {
                assertTrue(Float.isNaN(value), () -> function + "(" + x + ") is " + value);
            } else if ((float) exact != value) {
                double error = Math.abs(value - exact) / Math.ulp((float) exact);
                assertTrue(error <= function.ulps, () -> function + "(" + x + ") is " + value + ", off by " + error);
            }
        }
    }

    @Test
    void zerosKeepTheirSign() {
        for (Function function : functions()) {
            // The range reduction of the sine, where zeros of both signs are added, is the exception.
            if (function.scalar.of(0f) == 0f && function.sequence != Transcendentals.SIN) {
                assertEquals(-0f, function.scalar.of(-0f), function::toString);
            }
        }
    }

    @Test
    void powersAreJavas() {
        for (float x : SPECIAL) {
            for (float y : SPECIAL) {
                float exact = (float) Math.pow(x, y);
                float value = Scalars.pow(x, y);
                if (Float.isNaN(exact) || Float.isInfinite(exact) || exact == 0) {
                    assertEquals(exact, value, () -> "pow(" + x + ", " + y + ")");
                } else {
                    assertEquals(exact, value, 12 * Math.ulp(exact), () -> "pow(" + x + ", " + y + ")");
                }
            }
        }
        Random random = new Random(8);
        for (int i = 0; i < 100_000; i++) {
            float x = random.nextFloat() * 10;
            float y = (float) random.nextGaussian() * 3;
            float exact = (float) Math.pow(x, y);
            assertEquals(exact, Scalars.pow(x, y), 3 * Math.ulp(exact), () -> "pow(" + x + ", " + y + ")");
        }
    }

    @Test
    void powersHaveOneSpelling() {
        float[] xs = inputs();
        float[] ys = new float[xs.length];
        for (int i = 0; i < ys.length; i++) {
            ys[i] = i % 3 == 0 ? Math.round(xs[(i * 31 + 5) % xs.length]) : xs[(i * 31 + 5) % xs.length];
        }
        float[] out = new float[xs.length];
        VectorMath.pow(xs, 0, ys, 0, out, 0, xs.length);
        for (int i = 0; i < xs.length; i++) {
            int expected = Float.floatToIntBits(Transcendentals.POW.apply(xs[i], ys[i]));
            assertEquals(expected, Float.floatToIntBits(out[i]));
            assertEquals(expected, Float.floatToIntBits(Scalars.pow(xs[i], ys[i])));
        }
    }

    @Test
    void inPlaceIsAllowed() {
        float[] xs = {0f, 1f, 2f, 3f, 4f};
        VectorMath.exp(xs, 1, xs, 1, 4);
        assertEquals(0f, xs[0]);
        assertEquals(Scalars.exp(4f), xs[4]);
    }

    @Test
    void aSequenceThatReadsAheadIsRefused() {
        Step ahead = new Step(Op.ADD, 0, 1, 0, 0, "f0");
        assertThrows(IllegalArgumentException.class, () -> new Sequence("ahead", 1, List.of(ahead)));
        Step wrongKind = new Step(Op.BITS, 0, 0, 0, 0, "i0");
        assertThrows(IllegalArgumentException.class, () -> new Sequence("int", 1, List.of(wrongKind)));
    }

    @Test
    void thePrintedSpellingsAreUpToDate() throws IOException {
        compare("Scalars", SequencePrinter.scalars());
        compare("VectorLoops", SequencePrinter.vectorLoops());
    }

    private static void compare(String name, String printed) throws IOException {
        Path file = Path.of("src/main/java/org/nnlang/runtime/kernel").resolve(name + ".java");
        if (!Files.exists(file)) {
            return; // run from elsewhere than the module's folder
        }
        if (Boolean.getBoolean("nnlang.accept")) {
            Files.writeString(file, printed);
        }
        // The formatter may break lines as it likes.
        assertEquals(printed.replaceAll("\\s+", ""), Files.readString(file).replaceAll("\\s+", ""), name);
    }
}
