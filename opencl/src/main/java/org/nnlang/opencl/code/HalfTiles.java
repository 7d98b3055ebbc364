package org.nnlang.opencl.code;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the operands of matrix products are held in local memory as IEEE halves: two neighbours along k share a 32-bit word. Sums stay
/// f32. That takes half the local memory and half its traffic, and rounds each operand to 11 significant bits.
///
/// @param functions define, for pointers to such words in local memory, which nothing else reads or writes,
///     - `nn_halves1(p, x)`: rounds `x` to the half at `p`, a pointer to a ushort;
///     - `nn_halves2(p, xy)`: both halves of a word;
///     - `nn_halves8(p, all)`: four words, from a multiple of 16 bytes on;
///     - `nn_floats8(p)`: four words as a float8
public record HalfTiles(String functions) {
    /// Storage of halves is part of OpenCL C 1.2; only arithmetic with them is an extension.
    public static final HalfTiles STANDARD = new HalfTiles("""
            #define nn_halves1(p, x) vstore_half_rte(x, 0, (__local half*)(p))
            #define nn_halves2(p, xy) vstorea_half2_rte(xy, 0, (__local half*)(p))
            #define nn_halves8(p, all) vstorea_half8_rte(all, 0, (__local half*)(p))
            #define nn_floats8(p) vloada_half8(0, (__local const half*)(p))
            """);

    /// Numbers that a trial rounds: exact ones, ties both ways, the least normal and subnormal halves, the greatest, what lies beyond.
    private static final float[] TRIED = {
        0f, -0f, 1f, -2.5f, 1 + 0x1p-11f, 1 + 0x3p-11f, -1 - 0x1p-10f, 0x1p-14f, 0x1p-15f, -0x3p-24f, 0x1p-24f,
        0x1p-25f,
        0x1.8p-25f, 65504f, 65519f, 65520f, -1e6f, 1e-10f, 0.1f, -1 / 3f, 3.14159274f, Float.POSITIVE_INFINITY, 1000.3f,
        0x1.ffep-15f
    };

    /// The form to try where a driver says that its device has halves; else reading and writing them is slow, and the answer null.
    ///
    /// @param extensions that a driver names
    public static @Nullable HalfTiles claimed(List<String> extensions) {
        return extensions.contains("cl_khr_fp16") ? STANDARD : null;
    }

    /// A kernel that tries it: `out` receives what comes back of numbers that were written one by one, by twos and by eights, as bits.
    public String trial() {
        var text = new StringBuilder(functions).append(Body.head(SubGroup.TRIED).replace(Launch.NAME, "trial"))
                .append("__global int* out) {\n    const int item = get_local_id(0);\n")
                .append("    __local uint words[").append(TRIED.length / 2 * 3)
                .append("] __attribute__((aligned(16)));\n    if (item == 0) {\n");
        for (int i = 0; i < TRIED.length; i++) {
            text.append("        nn_halves1((__local ushort*)words + ").append(i).append(", ").append(number(i))
                    .append(");\n");
        }
        for (int i = 0; i < TRIED.length; i += 2) {
            text.append("        nn_halves2(words + ").append((TRIED.length + i) / 2).append(", (float2)(")
                    .append(numbers(i, 2)).append("));\n");
        }
        for (int i = 0; i < TRIED.length; i += 8) {
            text.append("        nn_halves8(words + ").append(TRIED.length + i / 2).append(", (float8)(")
                    .append(numbers(i, 8)).append("));\n");
        }
        return text.append("    }\n    barrier(CLK_LOCAL_MEM_FENCE);\n    if (item < ").append(TRIED.length / 8 * 3)
                .append(") vstore8(as_int8(nn_floats8(words + 4 * item)), item, out);\n}\n").toString();
    }

    private static String numbers(int from, int count) {
        var text = new StringBuilder(number(from));
        for (int i = 1; i < count; i++) {
            text.append(", ").append(number(from + i));
        }
        return text.toString();
    }

    private static String number(int which) {
        return Prelude.literal(Float.floatToRawIntBits(TRIED[which]));
    }

    /// What a trial must give.
    public int[] expected() {
        int[] all = new int[3 * TRIED.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = Float.floatToRawIntBits(
                    Float.float16ToFloat(Float.floatToFloat16(TRIED[i % TRIED.length])));
        }
        return all;
    }
}
