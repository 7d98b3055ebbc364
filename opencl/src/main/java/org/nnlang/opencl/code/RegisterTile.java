package org.nnlang.opencl.code;

import java.util.function.BiConsumer;

/// The part of a group's block that a work item makes in its registers, by fours; what [TensorTile] is to 32 of them.
///
/// @param halves whether local memory holds words as [HalfTiles] says
record RegisterTile(Tiling tiling, boolean halves) {
    /// Multiplies what lies in local memory.
    String multiply() {
        return halves ? multiplyHalves() : multiplyFloats();
    }

    private String multiplyFloats() {
        int bm = tiling.rows();
        int bn = tiling.columns();
        int tm = tiling.itemRows();
        int tn = tiling.itemColumns();
        var text = new StringBuilder();
        text.append("    for (int s = 0; s < ").append(tiling.depth()).append("; s++) {\n");
        for (int q = 0; q < tm / 4; q++) {
            text.append("        const float4 a").append(q).append(" = *(__local const float4*)&As[stage][s][ty * 4 + ")
                    .append(q * (bm / (tm / 4))).append("];\n");
        }
        for (int q = 0; q < tn / 4; q++) {
            text.append("        const float4 b").append(q).append(" = *(__local const float4*)&Bs[stage][s][tx * 4 + ")
                    .append(q * (bn / (tn / 4))).append("];\n");
        }
        for (int i = 0; i < tm; i++) {
            for (int j = 0; j < tn / 4; j++) {
                text.append("        c").append(i).append('_').append(j).append(" = fma((float4)(a").append(i / 4)
                        .append('.')
                        .append("xyzw".charAt(i % 4)).append("), b").append(j).append(", c").append(i).append('_')
                        .append(j).append(");\n");
            }
        }
        return text.append("    }\n").toString();
    }

    /// Words of two halves are neighbours along k; the sums grow in the same order.
    private String multiplyHalves() {
        int bm = tiling.rows();
        int bn = tiling.columns();
        int tm = tiling.itemRows();
        int tn = tiling.itemColumns();
        var text = new StringBuilder();
        text.append("    for (int s = 0; s < ").append(tiling.depth() / 2).append("; s++) {\n");
        for (int q = 0; q < tm / 4; q++) {
            text.append("        const float8 a").append(q).append(" = nn_floats8(&As[stage][s][ty * 4 + ")
                    .append(q * (bm / (tm / 4))).append("]);\n");
        }
        for (int q = 0; q < tn / 4; q++) {
            text.append("        const float8 b").append(q).append(" = nn_floats8(&Bs[stage][s][tx * 4 + ")
                    .append(q * (bn / (tn / 4))).append("]);\n");
        }
        for (int along = 0; along < 2; along++) {
            for (int i = 0; i < tm; i++) {
                for (int j = 0; j < tn / 4; j++) {
                    text.append("        c").append(i).append('_').append(j).append(" = fma((float4)(a").append(i / 4)
                            .append(".s").append(i % 4 * 2 + along).append("), b").append(j)
                            .append(along == 0 ? ".even" : ".odd").append(", c").append(i).append('_').append(j)
                            .append(");\n");
                }
            }
        }
        return text.append("    }\n").toString();
    }

    /// @param write what is done with four neighbours, in a scope that defines their row `i` and the first one's column `j`
    void results(StringBuilder text, BiConsumer<StringBuilder, String> write) {
        int bm = tiling.rows();
        int bn = tiling.columns();
        int tm = tiling.itemRows();
        int tn = tiling.itemColumns();
        for (int i = 0; i < tm; i++) {
            int rowStep = i / 4 * (bm / (tm / 4)) + i % 4;
            for (int j = 0; j < tn / 4; j++) {
                text.append("    {\n    const int i = row0 + ty * 4 + ").append(rowStep).append(";\n");
                text.append("    const int j = col0 + tx * 4 + ").append(j * (bn / (tn / 4))).append(";\n");
                write.accept(text, "c" + i + "_" + j);
                text.append("    }\n");
            }
        }
    }
}
