package org.nnlang.opencl.code;

import java.util.function.BiConsumer;

/// The part of a group's block that 32 work items make with [TensorCores]: two runs of them lie below each other, four side by side.
final class TensorTile {
    /// Work items of a group.
    private static final int ITEMS = 256;

    /// What lies between rows in local memory, so that what a run reads together lies in different banks.
    static final int PADDING = 8;

    /// Slices of 16 words, whatever a word holds.
    private static final Tiling LARGE = new Tiling(128, 128, 16, 8, 8, 1);
    private static final Tiling SMALL = new Tiling(64, 64, 16, 4, 4, 1);
    private static final Tiling LARGE_HALVES = new Tiling(128, 128, 32, 8, 8, 1);
    private static final Tiling SMALL_HALVES = new Tiling(64, 64, 32, 4, 4, 1);

    private final Tiling tiling;
    private final boolean halves;

    TensorTile(Tiling tiling, boolean halves) {
        this.tiling = tiling;
        this.halves = halves;
    }

    /// Large blocks where there are enough of them, and the walk through k shared where even small ones are few.
    static Tiling tiling(int m, int n, int k, long count, Target target) {
        boolean halves = holdsHalves(target);
        long large = (m + 127L) / 128 * ((n + 127L) / 128) * count;
        if (large >= target.units()) {
            return halves ? LARGE_HALVES : LARGE;
        }
        long small = (m + 63L) / 64 * ((n + 63L) / 64) * count;
        int splits = 1;
        while (small * splits < target.units() && splits < 32 && k / (splits * 2) >= 128) {
            splits *= 2;
        }
        return (halves ? SMALL_HALVES : SMALL).split(splits);
    }

    /// Whether a device can have such groups.
    static boolean suits(Target target) {
        SubGroup subGroup = target.subGroup();
        return target.tensorCores() != null && subGroup != null && subGroup.size() == 32
                && target.largestGroup() >= ITEMS;
    }

    static boolean holdsHalves(Target target) {
        TensorCores cores = target.tensorCores();
        return cores != null && cores.halves();
    }

    private int below() {
        return tiling.rows() / 2 / 16;
    }

    private int beside() {
        return tiling.columns() / 4 / 8;
    }

    /// Where a work item's part begins, and its sums.
    String declare() {
        var text = new StringBuilder();
        text.append("    const int quad = item % 32 / 4, place = item % 4;\n");
        text.append("    const int down = item / 32 % 2 * ").append(tiling.rows() / 2).append(", right = item / 64 * ")
                .append(tiling.columns() / 4).append(";\n");
        for (int i = 0; i < below(); i++) {
            for (int j = 0; j < beside(); j++) {
                text.append("    float4 c").append(i).append('_').append(j).append(" = (float4)(0.0f);\n");
            }
        }
        return text.toString();
    }

    /// Multiplies what lies in local memory.
    String multiply() {
        var text = new StringBuilder();
        text.append("    for (int s = 0; s < ").append(tiling.depth() / (halves ? 2 : 1)).append("; s += 8) {\n");
        for (int i = 0; i < below(); i++) {
            for (int part = 0; part < 4; part++) {
                text.append("        const uint a").append(i).append('_').append(part)
                        .append(" = ").append(word("As[stage][s + place + " + part / 2 * 4 + "][down + quad + "
                                + (16 * i + part % 2 * 8) + "]"))
                        .append(";\n");
            }
        }
        for (int j = 0; j < beside(); j++) {
            for (int part = 0; part < 2; part++) {
                text.append("        const uint b").append(j).append('_').append(part)
                        .append(" = ").append(word("Bs[stage][s + place + " + part * 4 + "][right + quad + " + 8 * j
                                + "]"))
                        .append(";\n");
            }
        }
        for (int i = 0; i < below(); i++) {
            for (int j = 0; j < beside(); j++) {
                String c = "c" + i + "_" + j;
                String a = "a" + i + "_";
                text.append("        ").append(c).append(" = nn_mma(").append(c);
                for (int part = 0; part < 4; part++) {
                    text.append(", ").append(a).append(part);
                }
                text.append(", b").append(j).append("_0, b").append(j).append("_1);\n");
            }
        }
        return text.append("    }\n").toString();
    }

    private String word(String held) {
        return halves ? held : "nn_tf32(" + held + ")";
    }

    /// Gives each work item four neighbours of a row: two that run side by side hold halves of two rows, and exchange them.
    ///
    /// @param write what is done with four neighbours, in a scope that defines their row `i` and the first one's column `j`
    void results(StringBuilder text, BiConsumer<StringBuilder, String> write) {
        for (int i = 0; i < below(); i++) {
            for (int j = 0; j < beside(); j++) {
                String c = "c" + i + "_" + j;
                text.append("    {\n    const bool odd = place % 2 == 1;\n");
                text.append("    const float got0 = nn_across(odd ? ").append(c).append(".x : ").append(c)
                        .append(".z, 1);\n");
                text.append("    const float got1 = nn_across(odd ? ").append(c).append(".y : ").append(c)
                        .append(".w, 1);\n");
                text.append("    const float4 four = odd ? (float4)(got0, got1, ").append(c).append(".z, ").append(c)
                        .append(".w) : (float4)(").append(c).append(".x, ").append(c).append(".y, got0, got1);\n");
                text.append("    const int i = row0 + down + quad + ").append(16 * i).append(" + (odd ? 8 : 0);\n");
                text.append("    const int j = col0 + right + place / 2 * 4 + ").append(8 * j).append(";\n");
                write.accept(text, "four");
                text.append("    }\n");
            }
        }
    }
}
