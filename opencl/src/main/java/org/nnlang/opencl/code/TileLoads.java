package org.nnlang.opencl.code;

/// How a product's group of work items brings slices of its matrices into local memory: by fours, into registers first, so that
/// the next slice is under way while the present one is multiplied.
final class TileLoads {
    private final Tiling tiling;
    private final int k;
    private final boolean wholeK;
    private final boolean halves;

    /// @param depthOfSplit how far along k one group goes
    /// @param halves whether local memory holds words of two halves, neighbours along k
    TileLoads(Tiling tiling, int k, int depthOfSplit, boolean halves) {
        this.tiling = tiling;
        this.k = k;
        this.halves = halves;
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
            String id = id(i);
            String target = tile.register() + i;
            text.append("    {\n");
            if (tile.side.alongK()) {
                text.append("    const int r = ").append(tile.from).append(" + ").append(id).append(" / ")
                        .append(bk / 4).append(", s = kk + ").append(id).append(" % ").append(bk / 4)
                        .append(" * 4;\n");
            } else {
                text.append("    const int s = kk + ").append(along(tile, i)).append(", r = ").append(tile.from)
                        .append(" + ").append(across(tile, i)).append(";\n");
            }
            if (tile.side.gather() != null) {
                text.append("    ").append(target).append(" = ").append(tile.side.gather()).append("(")
                        .append(tile.name).append(", r, s);\n");
            } else if (tile.side.alongK()) {
                text.append(pointer(tile)).append(tile.name).append(" + r * ")
                        .append(tile.side.pitch()).append(" + s;\n");
                four(text, tile.side.place(), target, tile.aligned && k % 4 == 0, whole, "r < " + tile.size, "s",
                        "kTo");
            } else {
                text.append(pointer(tile)).append(tile.name).append(" + s * ")
                        .append(tile.side.pitch()).append(" + r;\n");
                four(text, tile.side.place(), target, tile.aligned && tile.size % 4 == 0, whole, "s < kTo", "r",
                        "" + tile.size);
            }
            text.append("    }\n");
        }
        return text.toString();
    }

    private static String pointer(Tile tile) {
        return "    __global const " + tile.side.place().type() + "* p = ";
    }

    private static void four(
            StringBuilder text, Location place, String target, boolean vector, boolean whole, String guard,
            String along, String end) {
        if (vector) {
            String value = place.readFour("p");
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
                    .append(end).append(" ? ").append(place.read("p", "" + i)).append(" : 0.0f");
        }
        text.append(");\n");
    }

    private String id(int load) {
        return "(item + " + load * tiling.items() + ")";
    }

    /// Whether a work item reads fours of two neighbours along k, which share words.
    private boolean isPaired(Tile tile) {
        return halves && !tile.side.alongK() && count(tile.block) % 2 == 0;
    }

    /// Where along k the four lies that a work item reads as its `load`th, of a matrix that does not lie along k.
    private String along(Tile tile, int load) {
        return isPaired(tile)
                ? id(load / 2) + " / " + tile.block / 4 + " * 2 + " + load % 2
                : id(load) + " / " + tile.block / 4;
    }

    private String across(Tile tile, int load) {
        return id(isPaired(tile) ? load / 2 : load) + " % " + tile.block / 4 + " * 4";
    }

    /// Puts what was read into local memory as halves, k outermost.
    private String keepHalves(Tile tile) {
        var text = new StringBuilder();
        int bk = tiling.depth();
        String stage = tile.array() + "[stage][";
        for (int i = 0; i < count(tile.block); i++) {
            String source = tile.register() + i;
            if (tile.side.alongK()) {
                for (int j = 0; j < 2; j++) {
                    text.append("    nn_halves2(&").append(stage).append(id(i)).append(" % ").append(bk / 4)
                            .append(" * 2 + ").append(j).append("][").append(id(i)).append(" / ").append(bk / 4)
                            .append("], ").append(source).append(j == 0 ? ".xy" : ".zw").append(");\n");
                }
            } else if (isPaired(tile)) {
                if (i % 2 == 1) {
                    String before = tile.register() + (i - 1);
                    text.append("    nn_halves8(&").append(stage).append(id(i / 2)).append(" / ")
                            .append(tile.block / 4).append("][").append(across(tile, i)).append("], (float8)(");
                    for (int j = 0; j < 4; j++) {
                        text.append(j == 0 ? "" : ", ").append(before).append('.').append("xyzw".charAt(j))
                                .append(", ").append(source).append('.').append("xyzw".charAt(j));
                    }
                    text.append("));\n");
                }
            } else {
                for (int j = 0; j < 4; j++) {
                    text.append("    nn_halves1((__local ushort*)&").append(stage).append("(").append(along(tile, i))
                            .append(") / 2][").append(across(tile, i)).append(" + ").append(j).append("] + (")
                            .append(along(tile, i)).append(") % 2, ").append(source).append('.')
                            .append("xyzw".charAt(j)).append(");\n");
                }
            }
        }
        return text.toString();
    }

    /// Puts what was read into local memory, k outermost.
    String keep(Tile tile) {
        if (halves) {
            return keepHalves(tile);
        }
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
