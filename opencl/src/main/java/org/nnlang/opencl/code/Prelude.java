package org.nnlang.opencl.code;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nnlang.runtime.kernel.Sequence;
import org.nnlang.runtime.kernel.Transcendentals;

/// The functions that kernels call. The transcendental ones are printed from the sequences that define them on every
/// other tier, so a device that divides and takes roots as IEEE 754 says gives the same bits.
final class Prelude {
    private static final Map<String, String> FUNCTIONS = functions();

    private Prelude() {}

    /// Those that a source calls, and those that they call.
    static String of(String source) {
        var text = new StringBuilder("#pragma OPENCL FP_CONTRACT OFF\n");
        FUNCTIONS.forEach((name, body) -> {
            if (source.contains(name + "(") || text.indexOf(name + "(") >= 0) {
                text.append(body);
            }
        });
        return text.toString();
    }

    /// Callers before callees would not compile, so callees stand first and are chosen by what stands after them.
    private static Map<String, String> functions() {
        Map<String, String> functions = new LinkedHashMap<>();
        for (Sequence sequence : new Sequence[] {
            Transcendentals.EXP, Transcendentals.EXPM1, Transcendentals.LOG, Transcendentals.LOG1P,
            Transcendentals.TANH, Transcendentals.ERF, Transcendentals.SIN, Transcendentals.COS, Transcendentals.POW
        }) {
            functions.put("nn_" + sequence.name(), print(sequence));
        }
        functions.put("nn_idiv", """
                static inline int nn_idiv(const int a, const int b) {
                    if (b == 0) return 0;
                    if (b == -1) return (int)(0u - (uint)a);
                    const int q = a / b;
                    return q - (a % b != 0 && (a ^ b) < 0 ? 1 : 0);
                }
                """);
        functions.put("nn_imod", """
                static inline int nn_imod(const int a, const int b) {
                    if (b == 0 || b == -1) return 0;
                    const int r = a % b;
                    return r != 0 && (r ^ b) < 0 ? r + b : r;
                }
                """);
        functions.put("nn_fmod", """
                static inline float nn_fmod(const float a, const float b) {
                    const float r = fma(-b, floor(a / b), a);
                    return r * b < 0.0f ? r + b : r;
                }
                """);
        functions.put("nn_sign", """
                static inline float nn_sign(const float a) { return a > 0.0f ? 1.0f : a < 0.0f ? -1.0f : a; }
                """);
        functions.put("nn_int", """
                static inline int nn_int(const float a) {
                    if (a != a) return 0;
                    if (a >= 2147483648.0f) return 2147483647;
                    if (a <= -2147483648.0f) return -2147483647 - 1;
                    return (int)a;
                }
                """);
        functions.put("nn_beyond_max", """
                static inline int nn_beyond_max(const float e, const float h) { return e > h || (e != e && h == h); }
                """);
        functions.put("nn_beyond_min", """
                static inline int nn_beyond_min(const float e, const float h) { return e < h || (e != e && h == h); }
                """);
        functions.put("nn_philox", """
                static inline uint4 nn_philox(const ulong key, const uint block, const uint iteration, const uint step) {
                    uint k0 = (uint)key, k1 = (uint)(key >> 32);
                    uint c0 = block, c1 = iteration, c2 = step, c3 = 0;
                    for (int round = 0; round < 10; round++) {
                        const uint h0 = mul_hi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0;
                        const uint h1 = mul_hi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
                        c0 = h1 ^ c1 ^ k0;
                        c2 = h0 ^ c3 ^ k1;
                        c1 = l1;
                        c3 = l0;
                        k0 += 0x9E3779B9u;
                        k1 += 0xBB67AE85u;
                    }
                    return (uint4)(c0, c1, c2, c3);
                }
                """);
        return functions;
    }

    /// A literal of exactly these bits.
    static String literal(int floatBits) {
        float value = Float.intBitsToFloat(floatBits);
        if (value == 0 && floatBits == 0) {
            return "0.0f";
        }
        return value == 1 ? "1.0f" : String.format(Locale.ROOT, "as_float(0x%08Xu)", floatBits);
    }

    /// The least i32 has no literal of its own.
    static String literal(int value, boolean any) {
        return value == Integer.MIN_VALUE && any ? "(-2147483647 - 1)" : value < 0 ? "(" + value + ")" : "" + value;
    }

    private static String print(Sequence sequence) {
        var text = new StringBuilder("static inline float nn_" + sequence.name() + "(");
        for (int i = 0; i < sequence.inputs(); i++) {
            text.append(i == 0 ? "" : ", ").append("const float v").append(i);
        }
        text.append(") {\n");
        int number = sequence.inputs();
        for (Sequence.Step step : sequence.steps()) {
            String a = "v" + step.a();
            String b = "v" + step.b();
            String c = "v" + step.c();
            String value = switch (step.op()) {
                case FLOAT -> literal(step.literal());
                case INT -> literal(step.literal(), true);
                case ADD -> a + " + " + b;
                case SUB -> a + " - " + b;
                case MUL -> a + " * " + b;
                case DIV -> a + " / " + b;
                case FMA -> "fma(" + a + ", " + b + ", " + c + ")";
                case ABS -> "fabs(" + a + ")";
                case BITS -> "as_int(" + a + ")";
                case VALUE -> "as_float(" + a + ")";
                case IADD -> "(int)((uint)" + a + " + (uint)" + b + ")";
                case ISUB -> "(int)((uint)" + a + " - (uint)" + b + ")";
                case IAND -> a + " & " + b;
                case IXOR -> a + " ^ " + b;
                case SHL -> "(int)((uint)" + a + " << " + step.literal() + ")";
                case SHR -> a + " >> " + step.literal();
                case LT -> a + " < " + b;
                case LE -> a + " <= " + b;
                case EQ, IEQ -> a + " == " + b;
                case BLEND -> a + " ? " + b + " : " + c;
            };
            String type = step.op().result() == Sequence.Kind.FLOAT ? "float" : "int";
            text.append("    const ").append(type).append(" v").append(number++).append(" = ").append(value)
                    .append(";\n");
        }
        return text.append("    return v").append(number - 1).append(";\n}\n").toString();
    }
}
