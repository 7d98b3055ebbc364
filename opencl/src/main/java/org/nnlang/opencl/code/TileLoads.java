package org.nnlang.opencl.code;

/// How a product's group of work items brings slices of its matrices into local memory: by fours, into registers first, so that
/// the next slice is under way while the present one is multiplied.
final class TileLoads {
    private final Tiling tiling;
    private final int k;
    private final boolean wholeK;

    /// @param depthOfSplit how far along k one group goes
    TileLoads(Tiling tiling, int k, int depthOfSplit) {
        this.tiling = tiling;
        this.k = k;
        wholeK = k > 0 && k % tiling.depth() == 0 && depthOfSplit * tiling.splits() == k;
    }

    /// A matrix's part in a block of the result.
    ///
    /// @param name of the pointer to its first element; registers and local memory are called after it
    /// @param from the variable that holds the block's first row or column
    /// @param size rows or columns of the whole
    /// @param block those of the block
    /// @param aligned whether fours can be read at once
    record Tile(String name, ProductKernel.Side side, String from, int size, int block, boolean aligned) {
        String register() {
            return "r" + Character.toLowerCase(name.charAt(0));
        }

        String array() {
            return name + "s";
        }
    }

    /// How many fours of a block with so many rows or columns each work item reads.
    int count(int block) {
        return block * tiling.depth() / 4 / tiling.items();
    }

    /// Reads a slice of a matrix into registers, by fours along the direction in which it lies in memory; what is outside
    /// the matrix is zero.
    String load(Tile tile) {
        var text = new StringBuilder();
        int bk = tiling.depth();
        boolean whole = wholeK && tile.size % tile.block == 0;
        for (int i = 0; i < count(tile.block); i++) {
            String id = "(item + " + i * tiling.items() + ")";
            String target = tile.register() + i;
            text.append("    {\n");
            if (tile.side.alongK()) {
                text.append("    const int r = ").append(tile.from).append(" + ").append(id).append(" / ")
                        .append(bk / 4).append(", s = kk + ").append(id).append(" % ").append(bk / 4)
                        .append(" * 4;\n");
            } else {
                text.append("    const int s = kk + ").append(id).append(" / ").append(tile.block / 4).append(", r = ")
                        .append(tile.from).append(" + ").append(id).append(" % ").append(tile.block / 4)
                        .append(" * 4;\n");
            }
            if (tile.side.gather() != null) {
                text.append("    ").append(target).append(" = ").append(tile.side.gather()).append("(")
                        .append(tile.name).append(", r, s);\n");
            } else if (tile.side.alongK()) {
                text.append("    __global const float* p = ").append(tile.name).append(" + r * ")
                        .append(tile.side.pitch()).append(" + s;\n");
                four(text, target, tile.aligned && k % 4 == 0, whole, "r < " + tile.size, "s", "kTo");
            } else {
                text.append("    __global const float* p = ").append(tile.name).append(" + s * ")
                        .append(tile.side.pitch()).append(" + r;\n");
                four(text, target, tile.aligned && tile.size % 4 == 0, whole, "s < kTo", "r", "" + tile.size);
            }
            text.append("    }\n");
        }
        return text.toString();
    }

    private static void four(
            StringBuilder text, String target, boolean vector, boolean whole, String guard, String along, String end) {
        if (vector) {
            String value = "*(__global const float4*)p";
            text.append("    ").append(target).append(" = ")
                    .append(whole
                            ? value
                            : "(" + guard + " && " + along + " < " + end + ") ? " + value
                                    + " : (float4)(0.0f)")
                    .append(";\n");
            return;
        }
        text.append("    const bool in = ").append(guard).append(";\n    ").append(target).append(" = (float4)(");
        for (int i = 0; i < 4; i++) {
            text.append(i == 0 ? "" : ", ").append("in && ").append(along).append(" + ").append(i).append(" < ")
                    .append(end).append(" ? p[").append(i).append("] : 0.0f");
        }
        text.append(");\n");
    }

    /// Puts what was read into local memory, k outermost.
    String keep(Tile tile) {
        var text = new StringBuilder();
        int bk = tiling.depth();
        for (int i = 0; i < count(tile.block); i++) {
            String id = "(item + " + i * tiling.items() + ")";
            String source = tile.register() + i;
            if (tile.side.alongK()) {
                for (int j = 0; j < 4; j++) {
                    text.append("    ").append(tile.array()).append("[stage][").append(id).append(" % ").append(bk / 4)
                            .append(" * 4 + ").append(j).append("][").append(id).append(" / ").append(bk / 4)
                            .append("] = ").append(source).append('.').append("xyzw".charAt(j)).append(";\n");
                }
            } else {
                text.append("    *(__local float4*)&").append(tile.array()).append("[stage][").append(id)
                        .append(" / ").append(tile.block / 4).append("][").append(id).append(" % ")
                        .append(tile.block / 4).append(" * 4] = ").append(source).append(";\n");
            }
        }
        return text.toString();
    }
}
