package org.nnlang.runtime.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nnlang.runtime.kernel.Sequence.Kind;
import org.nnlang.runtime.kernel.Sequence.Op;
import org.nnlang.runtime.kernel.Sequence.Step;

/// Prints sequences as the Java of [Scalars] and [VectorLoops], so that nobody has to spell a function three times.
final class SequencePrinter {
    static final List<Sequence> ALL = List.of(
            Transcendentals.EXP,
            Transcendentals.EXPM1,
            Transcendentals.LOG,
            Transcendentals.LOG1P,
            Transcendentals.TANH,
            Transcendentals.ERF,
            Transcendentals.SIN,
            Transcendentals.COS,
            Transcendentals.POW);

    private static final String HEADER = """
            // Printed from the sequences of Transcendentals by SequencePrinter; TranscendentalsTest compares and, with
            // -Dnnlang.accept=true, prints again. Don't edit.
            """;

    private SequencePrinter() {}

    static String scalars() {
        StringBuilder text = new StringBuilder("package org.nnlang.runtime.kernel;\n\n").append(HEADER).append(
                """

                /// The transcendental functions of one float, as [Transcendentals] defines them.
                public final class Scalars {
                    private Scalars() {}
                """);
        for (Sequence sequence : ALL) {
            text.append("\n    /// See [Transcendentals#").append(sequence.name().toUpperCase(Locale.ROOT))
                    .append("].\n");
            text.append("    public static float ").append(sequence.name()).append('(');
            text.append(sequence.inputs() == 1 ? "float x" : "float x, float y").append(") {\n");
            for (int i = 0; i < sequence.steps().size(); i++) {
                Step step = sequence.steps().get(i);
                text.append("        ");
                if (i == sequence.steps().size() - 1) {
                    text.append("return ").append(scalar(sequence, step)).append(";\n");
                } else {
                    text.append(type(step.op().result())).append(' ').append(step.label()).append(" = ");
                    text.append(scalar(sequence, step)).append(";\n");
                }
            }
            text.append("    }\n");
        }
        return text.append("}\n").toString();
    }

    static String vectorLoops() {
        StringBuilder text = new StringBuilder("package org.nnlang.runtime.kernel;\n\n").append(
                """
                import static jdk.incubator.vector.VectorOperators.ASHR;
                import static jdk.incubator.vector.VectorOperators.EQ;
                import static jdk.incubator.vector.VectorOperators.LE;
                import static jdk.incubator.vector.VectorOperators.LSHL;
                import static jdk.incubator.vector.VectorOperators.LT;
                import static jdk.incubator.vector.VectorOperators.XOR;

                import jdk.incubator.vector.FloatVector;
                import jdk.incubator.vector.IntVector;
                import jdk.incubator.vector.VectorMask;
                import jdk.incubator.vector.VectorSpecies;

                """).append(HEADER).append(
                        """

                /// The transcendental functions of arrays on the Vector API, as [Transcendentals] defines them.
                final class VectorLoops {
                    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
                    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
                    private static final int L = F.length();

                    private VectorLoops() {}
                """);
        for (Sequence sequence : ALL) {
            boolean two = sequence.inputs() == 2;
            String parameters = two ? "float[] xs, int xi, float[] ys, int yi" : "float[] xs, int xi";
            text.append("\n    static void ").append(sequence.name()).append('(').append(parameters);
            text.append(", float[] out, int oi, int n) {\n        int i = 0;\n        for (; i <= n - L; i += L) {\n");
            text.append("            FloatVector x = FloatVector.fromArray(F, xs, xi + i);\n");
            if (two) {
                text.append("            FloatVector y = FloatVector.fromArray(F, ys, yi + i);\n");
            }
            steps(text, sequence, "", ".intoArray(out, oi + i);\n");
            text.append("        }\n        for (; i < n; i++) {\n            out[oi + i] = Scalars.");
            text.append(sequence.name()).append(two ? "(xs[xi + i], ys[yi + i]" : "(xs[xi + i]")
                    .append(");\n        }\n    }\n");
        }
        weights(text);
        return text.append("}\n").toString();
    }

    /// What a softmax does with a row: three passes over it would cost more than the function itself.
    private static void weights(StringBuilder text) {
        text.append(
                """

                    /// x = e to the power of x · `factor` + `term`, the inner part rounded once, for whole groups of 16 elements; how many
                    /// these are. Their sums by `lanes` as in [Rows].
                    static int weights(float[] xs, int xi, int n, float factor, float term, float[] lanes) {
                        FloatVector factors = FloatVector.broadcast(F, factor);
                        FloatVector terms = FloatVector.broadcast(F, term);
                        int end = n / 16 * 16;
                        for (int lane = 0; lane < 16; lane += L) {
                            FloatVector sum = FloatVector.zero(F);
                            for (int i = lane; i < end; i += 16) {
                                FloatVector x = FloatVector.fromArray(F, xs, xi + i).fma(factors, terms);
                    """);
        steps(text, Transcendentals.EXP, "FloatVector e = ", ";\n");
        text.append(
                """
                                e.intoArray(xs, xi + i);
                                sum = sum.add(e);
                            }
                            sum.intoArray(lanes, lane);
                        }
                        return end;
                    }
                """);
    }

    /// The steps of a function, the last between `start` and `end`.
    private static void steps(StringBuilder text, Sequence sequence, String start, String end) {
        for (int i = 0; i < sequence.steps().size(); i++) {
            Step step = sequence.steps().get(i);
            String value = vector(sequence, step);
            text.append("            ");
            if (i == sequence.steps().size() - 1) {
                text.append(start).append(value).append(end);
            } else {
                text.append(vectorType(step)).append(' ').append(step.label()).append(" = ").append(value)
                        .append(";\n");
            }
        }
    }

    private static List<String> operands(Sequence sequence, Step step) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < step.op().operands().size(); i++) {
            int operand = step.operand(i);
            names.add(
                    operand < sequence.inputs()
                            ? operand == 0 ? "x" : "y"
                            : sequence.steps().get(operand - sequence.inputs()).label());
        }
        return names;
    }

    private static String type(Kind kind) {
        return switch (kind) {
            case FLOAT -> "float";
            case INT -> "int";
            case MASK -> "boolean";
        };
    }

    private static String vectorType(Step step) {
        return switch (step.op().result()) {
            case FLOAT -> "FloatVector";
            case INT -> "IntVector";
            case MASK -> step.op() == Op.IEQ ? "VectorMask<Integer>" : "VectorMask<Float>";
        };
    }

    private static String floatLiteral(int bits) {
        float value = Float.intBitsToFloat(bits);
        if (Float.isNaN(value)) {
            return "Float.NaN";
        }
        if (Float.isInfinite(value)) {
            return value > 0 ? "Float.POSITIVE_INFINITY" : "Float.NEGATIVE_INFINITY";
        }
        return value + "f";
    }

    private static String scalar(Sequence sequence, Step step) {
        List<String> v = operands(sequence, step);
        return switch (step.op()) {
            case FLOAT -> floatLiteral(step.literal());
            case INT -> Integer.toString(step.literal());
            case ADD, IADD -> v.get(0) + " + " + v.get(1);
            case SUB, ISUB -> v.get(0) + " - " + v.get(1);
            case MUL -> v.get(0) + " * " + v.get(1);
            case DIV -> v.get(0) + " / " + v.get(1);
            case FMA -> "Math.fma(" + String.join(", ", v) + ")";
            case ABS -> "Math.abs(" + v.get(0) + ")";
            case BITS -> "Float.floatToRawIntBits(" + v.get(0) + ")";
            case VALUE -> "Float.intBitsToFloat(" + v.get(0) + ")";
            case IAND -> v.get(0) + " & " + v.get(1);
            case IXOR -> v.get(0) + " ^ " + v.get(1);
            case SHL -> v.get(0) + " << " + step.literal();
            case SHR -> v.get(0) + " >> " + step.literal();
            case LT -> v.get(0) + " < " + v.get(1);
            case LE -> v.get(0) + " <= " + v.get(1);
            case EQ, IEQ -> v.get(0) + " == " + v.get(1);
            case BLEND -> v.get(0) + " ? " + v.get(1) + " : " + v.get(2);
        };
    }

    private static String vector(Sequence sequence, Step step) {
        List<String> v = operands(sequence, step);
        return switch (step.op()) {
            case FLOAT -> "FloatVector.broadcast(F, " + floatLiteral(step.literal()) + ")";
            case INT -> "IntVector.broadcast(I, " + step.literal() + ")";
            case ADD, IADD -> v.get(0) + ".add(" + v.get(1) + ")";
            case SUB, ISUB -> v.get(0) + ".sub(" + v.get(1) + ")";
            case MUL -> v.get(0) + ".mul(" + v.get(1) + ")";
            case DIV -> v.get(0) + ".div(" + v.get(1) + ")";
            case FMA -> v.get(0) + ".fma(" + v.get(1) + ", " + v.get(2) + ")";
            case ABS -> v.get(0) + ".abs()";
            case BITS -> v.get(0) + ".reinterpretAsInts()";
            case VALUE -> v.get(0) + ".reinterpretAsFloats()";
            case IAND -> v.get(0) + ".and(" + v.get(1) + ")";
            case IXOR -> v.get(0) + ".lanewise(XOR, " + v.get(1) + ")";
            case SHL -> v.get(0) + ".lanewise(LSHL, " + step.literal() + ")";
            case SHR -> v.get(0) + ".lanewise(ASHR, " + step.literal() + ")";
            case LT -> v.get(0) + ".compare(LT, " + v.get(1) + ")";
            case LE -> v.get(0) + ".compare(LE, " + v.get(1) + ")";
            case EQ, IEQ -> v.get(0) + ".compare(EQ, " + v.get(1) + ")";
            case BLEND -> {
                Step mask = sequence.steps().get(step.a() - sequence.inputs());
                String cast = mask.op() == Op.IEQ ? v.get(0) + ".cast(F)" : v.get(0);
                yield v.get(2) + ".blend(" + v.get(1) + ", " + cast + ")";
            }
        };
    }
}
