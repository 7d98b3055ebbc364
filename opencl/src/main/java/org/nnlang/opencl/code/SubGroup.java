package org.nnlang.opencl.code;

import java.util.List;

/// How work items that run in step hand each other values without local memory: those of a group, in runs of `size`.
///
/// @param name for people
/// @param size a power of two
/// @param attribute of kernels that do so
/// @param functions define `nn_across(x, hop)` and `nn_across_int(x, hop)` for work item `item`: what the item holds whose number
///     differs in the bit `hop`, which is less than `size`. All items of a group call them together
/// @param locals local variables that they need, for a group of `GROUP` work items
public record SubGroup(String name, int size, String attribute, String functions, String locals) {
    /// NVIDIA's warps, by their own instruction; its OpenCL C has no word for it.
    static final SubGroup NVIDIA = new SubGroup("NVIDIA's shuffles", 32, "", """
            static inline int nn_across_int(const int x, const int hop) {
                int y;
                __asm__ volatile("shfl.sync.bfly.b32 %0, %1, %2, 0x1f, 0xffffffff;" : "=r"(y) : "r"(x), "r"(hop));
                return y;
            }
            static inline float nn_across(const float x, const int hop) { return as_float(nn_across_int(as_int(x), hop)); }
            """, "");

    /// The extensions that Intel's and some other drivers have. A kernel must say how many run in step, lest the driver choose.
    private static SubGroup of(int size, String extension, String function) {
        return new SubGroup(
                extension + " of " + size, size, "__attribute__((intel_reqd_sub_group_size(" + size + "))) ",
                "#pragma OPENCL EXTENSION " + extension + " : enable\n"
                        + "#define nn_across(x, hop) " + function + "((float)(x), (uint)(hop))\n"
                        + "#define nn_across_int(x, hop) " + function + "((int)(x), (uint)(hop))\n",
                "");
    }

    /// Those that a device may have, best first; whether it has them, only a trial tells.
    ///
    /// @param vendor of the device, as its driver says
    /// @param extensions that its driver names
    public static List<SubGroup> claimed(String vendor, List<String> extensions) {
        if (vendor.contains("NVIDIA")) {
            return List.of(NVIDIA);
        }
        if (!extensions.contains("cl_intel_required_subgroup_size")) {
            return List.of();
        }
        if (extensions.contains("cl_khr_subgroup_shuffle")) {
            return List.of(
                    of(32, "cl_khr_subgroup_shuffle", "sub_group_shuffle_xor"),
                    of(16, "cl_khr_subgroup_shuffle", "sub_group_shuffle_xor"));
        }
        return extensions.contains("cl_intel_subgroups")
                ? List.of(
                        of(32, "cl_intel_subgroups", "intel_sub_group_shuffle_xor"),
                        of(16, "cl_intel_subgroups", "intel_sub_group_shuffle_xor"))
                : List.of();
    }

    /// A kernel that tries it: `out` receives, for each hop from half the size down to one, what each of [#TRIED] work items finds
    /// across, as an int and as a float of half the item's number.
    public String trial() {
        var text = new StringBuilder(functions).append(Body.head(TRIED).replace("__kernel ", "__kernel " + attribute))
                .append("__global int* out) {\n").append(locals(TRIED))
                .append("    const int item = get_local_id(0);\n");
        int at = 0;
        for (int hop = size / 2; hop > 0; hop /= 2) {
            text.append("    out[").append(2 * at * TRIED).append(" + item] = nn_across_int(item, ").append(hop)
                    .append(");\n");
            text.append("    out[").append((2 * at + 1) * TRIED).append(" + item] = as_int(nn_across(item * 0.5f, ")
                    .append(hop).append("));\n");
            at++;
        }
        return text.append("}\n").toString().replace(Launch.NAME, "trial");
    }

    /// Work items of a trial.
    public static final int TRIED = 128;

    /// What a trial must give.
    public int[] expected() {
        int hops = Integer.numberOfTrailingZeros(size);
        int[] all = new int[2 * hops * TRIED];
        for (int i = 0; i < hops; i++) {
            for (int item = 0; item < TRIED; item++) {
                int other = item ^ size >> i + 1;
                all[2 * i * TRIED + item] = other;
                all[(2 * i + 1) * TRIED + item] = Float.floatToRawIntBits(other * 0.5f);
            }
        }
        return all;
    }

    String locals(int group) {
        return locals.replace("GROUP", Integer.toString(group));
    }
}
