package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;

/// How 32 work items that run in step multiply small matrices together: C, 16 by 8, grows by A, 16 by 8 words, times B, 8 words by 8.
/// A word is an element rounded to the 11 significant bits of TF32, or two elements, neighbours along k, that are halves. Item `4 g + t`
/// holds
///
/// - of A: (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4);
/// - of B: (t, g), (t + 4, g);
/// - of C: (g, 2t), (g, 2t + 1), (g + 8, 2t), (g + 8, 2t + 1).
///
/// @param halves whether words are halves
/// @param functions define `nn_mma(c, a0, a1, a2, a3, b0, b1)`, which gives the new C as a float4: all items of a group, of which `item`
///     is one, call it together; and `nn_tf32(x)`, which gives the rounded number's bits as a uint, or, for halves,
///     `nn_halves2(p, xy)` and `nn_halves8(p, all)`, which round a float2 and a float8 to a word and four, aligned ones at `p`
/// @param locals local variables that they need, for a group of `GROUP` work items
public record TensorCores(boolean halves, String functions, String locals) {
    /// NVIDIA's, from its eighth generation on.
    public static final TensorCores NVIDIA = new TensorCores(false, """
            static inline uint nn_tf32(const float x) {
                uint y;
                __asm__("cvt.rna.tf32.f32 %0, %1;" : "=r"(y) : "f"(x));
                return y;
            }
            static inline float4 nn_mma(const float4 c, const uint a0, const uint a1, const uint a2, const uint a3, const uint b0,
                    const uint b1) {
                float c0 = c.x, c1 = c.y, c2 = c.z, c3 = c.w;
                __asm__ volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                    : "+f"(c0), "+f"(c1), "+f"(c2), "+f"(c3) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
                return (float4)(c0, c1, c2, c3);
            }
            """, "");

    /// The same devices', for halves.
    public static final TensorCores NVIDIA_HALVES = new TensorCores(true, """
            static inline uint nn_pair(const float x, const float y) {
                uint z;
                __asm__("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(z) : "f"(y), "f"(x));
                return z;
            }
            static inline void nn_halves2(__local uint* p, const float2 xy) { *p = nn_pair(xy.x, xy.y); }
            static inline void nn_halves8(__local uint* p, const float8 all) {
                *(__local uint4*)p = (uint4)(nn_pair(all.s0, all.s1), nn_pair(all.s2, all.s3), nn_pair(all.s4, all.s5),
                    nn_pair(all.s6, all.s7));
            }
            static inline float4 nn_mma(const float4 c, const uint a0, const uint a1, const uint a2, const uint a3, const uint b0,
                    const uint b1) {
                float c0 = c.x, c1 = c.y, c2 = c.z, c3 = c.w;
                __asm__ volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                    : "+f"(c0), "+f"(c1), "+f"(c2), "+f"(c3) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
                return (float4)(c0, c1, c2, c3);
            }
            """, "");

    /// How many elements along k they multiply at once.
    private int depth() {
        return halves ? 16 : 8;
    }

    /// A kernel that tries them: each run of 32 items of [SubGroup#TRIED] multiplies small numbers, and `out` receives the results of
    /// all as bits.
    public String trial() {
        var text = new StringBuilder(functions)
                .append(Body.head(SubGroup.TRIED).replace(Launch.NAME, "trial")).append("__global int* out) {\n")
                .append(locals(SubGroup.TRIED))
                .append("    __local uint words[").append(8 * SubGroup.TRIED)
                .append("] __attribute__((aligned(16)));\n")
                .append("    const int item = get_local_id(0), g = item % 32 / 4, t = item % 4, w = item / 32;\n");
        String[] places = {"g, t", "g + 8, t", "g, t + 4", "g + 8, t + 4", "t, g", "t + 4, g"};
        List<String> halfPairs = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            String[] place = places[i].split(", ", -1);
            boolean left = i < 4;
            String along = left ? place[1] : place[0];
            String across = left ? place[0] : place[1];
            if (halves) {
                halfPairs.add(element(left, across, "2 * (" + along + ")") + ", "
                        + element(left, across, "2 * (" + along + ") + 1"));
            } else {
                text.append("    words[8 * item + ").append(i).append("] = nn_tf32(")
                        .append(element(left, across, along)).append(");\n");
            }
        }
        if (halves) {
            text.append("    nn_halves8(words + 8 * item, (float8)(")
                    .append(String.join(",\n        ", halfPairs.subList(0, 4))).append("));\n");
            for (int i = 4; i < places.length; i++) {
                text.append("    nn_halves2(words + 8 * item + ").append(i).append(", (float2)(")
                        .append(halfPairs.get(i)).append("));\n");
            }
        }
        return text.append("""
                    __local const uint* own = words + 8 * item;
                    const float4 c = (float4)(1.0f, 2.0f, 3.0f, 4.0f);
                    const float4 y = nn_mma(c, own[0], own[1], own[2], own[3], own[4], own[5]);
                    out[item * 4] = as_int(y.x);
                    out[item * 4 + 1] = as_int(y.y);
                    out[item * 4 + 2] = as_int(y.z);
                    out[item * 4 + 3] = as_int(y.w);
                }
                """).toString();
    }

    private static String element(boolean left, String across, String along) {
        return left
                ? "(((" + across + ") * 5 + (" + along + ") * 3 + w) % 13 - 6) * 1.0001f"
                : "(((" + along + ") * 7 + (" + across + ") * 11 + w) % 17 - 8) * 0.9999f";
    }

    /// What a trial must give: what elements have more or less than whole numbers is lost in rounding.
    public int[] expected() {
        int[] all = new int[4 * SubGroup.TRIED];
        for (int item = 0; item < SubGroup.TRIED; item++) {
            for (int part = 0; part < 4; part++) {
                int row = item % 32 / 4 + part / 2 * 8;
                int column = item % 4 * 2 + part % 2;
                int sum = 1 + part;
                for (int k = 0; k < depth(); k++) {
                    sum += ((row * 5 + k * 3 + item / 32) % 13 - 6) * ((k * 7 + column * 11 + item / 32) % 17 - 8);
                }
                all[4 * item + part] = Float.floatToRawIntBits(sum);
            }
        }
        return all;
    }

    String locals(int group) {
        return locals.replace("GROUP", Integer.toString(group));
    }
}
