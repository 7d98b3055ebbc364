package org.nnlang.opencl.code;

/// How 32 work items that run in step multiply small matrices together: C, 16 by 8, grows by A, 16 by 8, times B, 8 by 8, whose
/// elements are rounded to the 11 significant bits of TF32. Item `4 g + t` holds
///
/// - of A: (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4);
/// - of B: (t, g), (t + 4, g);
/// - of C: (g, 2t), (g, 2t + 1), (g + 8, 2t), (g + 8, 2t + 1).
///
/// @param functions define `nn_tf32(x)`, which gives the rounded number's bits as a uint, and `nn_mma(c, a0, a1, a2, a3, b0, b1)`, which
///     gives the new C as a float4. All items of a group, of which `item` is one, call it together
/// @param locals local variables that they need, for a group of `GROUP` work items
public record TensorCores(String functions, String locals) {
    /// NVIDIA's, from its eighth generation on.
    public static final TensorCores NVIDIA = new TensorCores("""
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

    /// A kernel that tries them: each run of 32 items of [SubGroup#TRIED] multiplies small numbers, and `out` receives the results of
    /// all as bits.
    public String trial() {
        return functions + Body.head(SubGroup.TRIED).replace(Launch.NAME, "trial") + "__global int* out) {\n"
                + locals(SubGroup.TRIED)
                + """
                            const int item = get_local_id(0), g = item % 32 / 4, t = item % 4, w = item / 32;
                            const float4 c = (float4)(1.0f, 2.0f, 3.0f, 4.0f);
                            const float4 y = nn_mma(c, nn_tf32(A(g, t)), nn_tf32(A(g + 8, t)), nn_tf32(A(g, t + 4)),
                                nn_tf32(A(g + 8, t + 4)), nn_tf32(B(t, g)), nn_tf32(B(t + 4, g)));
                            out[item * 4] = as_int(y.x);
                            out[item * 4 + 1] = as_int(y.y);
                            out[item * 4 + 2] = as_int(y.z);
                            out[item * 4 + 3] = as_int(y.w);
                        }
                        """
                        .replaceAll("A\\(([^,]*), ([^)]*)\\)\\)", "((($1) * 5 + ($2) * 3 + w) % 13 - 6) * 1.0001f)")
                        .replaceAll("B\\(([^,]*), ([^)]*)\\)\\)", "((($1) * 7 + ($2) * 11 + w) % 17 - 8) * 1.0f)");
    }

    /// What a trial must give: the small part of A's elements is lost in rounding.
    public int[] expected() {
        int[] all = new int[4 * SubGroup.TRIED];
        for (int item = 0; item < SubGroup.TRIED; item++) {
            for (int part = 0; part < 4; part++) {
                int row = item % 32 / 4 + part / 2 * 8;
                int column = item % 4 * 2 + part % 2;
                int sum = 1 + part;
                for (int k = 0; k < 8; k++) {
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
