package org.nnlang.opencl.code;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a matrix product is cut up: a group of work items makes a block of `rows` by `columns`, walking through k by
/// `depth`, and each work item a part of `itemRows` by `itemColumns` of it.
///
/// @param splits how many groups share the walk through k, their sums to be added up
record Tiling(int rows, int columns, int depth, int itemRows, int itemColumns, int splits) {
    /// All that fit the kernel's way of loading: each work item loads as many fours of either matrix as any other.
    static final List<Tiling> ALL = List.of(
            new Tiling(256, 128, 8, 16, 8, 1), new Tiling(128, 256, 8, 8, 16, 1), new Tiling(128, 128, 8, 8, 8, 1), new Tiling(128, 64, 16, 8, 4, 1), new Tiling(64, 128, 16, 4, 8, 1),
            new Tiling(64, 64, 16, 4, 4, 1), new Tiling(32, 64, 16, 4, 4, 1), new Tiling(32, 32, 16, 4, 4, 1));

    /// Makes every product use one tiling, for measurements: rows, columns, depth, those of a work item, and splits, such as
    /// `128x128x8x8x8x1`.
    static final String PROPERTY = "nn.opencl.tiling";

    static @Nullable Tiling forced() {
        String text = System.getProperty(PROPERTY, "");
        if (text.isEmpty()) {
            return null;
        }
        String[] parts = text.split("x", -1);
        int[] n = new int[6];
        for (int i = 0; i < n.length; i++) {
            n[i] = Integer.parseInt(parts[i]);
        }
        return new Tiling(n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    Tiling split(int parts) {
        return new Tiling(rows, columns, depth, itemRows, itemColumns, parts);
    }

    int items() {
        return rows / itemRows * (columns / itemColumns);
    }

    /// The share of the device's arithmetic that a full machine of such groups reaches, roughly, and how many groups a
    /// compute unit holds at once.
    private double efficiency() {
        return switch (itemRows * itemColumns) {
            case 128 -> 1;
            case 64 -> 0.9;
            case 32 -> 0.85;
            default -> rows * columns >= 64 * 64 ? 0.7 : 0.5;
        };
    }

    private int resident() {
        return switch (itemRows * itemColumns) {
            case 128 -> 1;
            case 64 -> 512 / items();
            default -> 1024 / items();
        };
    }

    /// The one that should take the least time for `count` products of m × k by k × n.
    static Tiling best(int m, int n, int k, long count, Target target) {
        Tiling best = ALL.getLast();
        double least = Double.POSITIVE_INFINITY;
        for (Tiling tiling : ALL) {
            if (tiling.items() > target.largestGroup()) {
                continue;
            }
            for (int splits = 1; splits <= 32; splits *= 2) {
                if (splits > 1 && k / splits < 4 * tiling.depth) {
                    break;
                }
                double time = tiling.split(splits).time(m, n, k, count, target);
                if (time < least * 0.97) {
                    least = time;
                    best = tiling.split(splits);
                }
            }
        }
        return best;
    }

    /// In multiply-adds of one compute unit.
    private double time(int m, int n, int k, long count, Target target) {
        long groups = (long) ceil(m, rows) * ceil(n, columns) * count * splits;
        double work = (double) rows * columns * ceil(ceil(k, splits), depth) * depth;
        double slots = (double) target.units() * resident();
        double full = Math.floor(groups / slots);
        double rest = groups - full * slots;
        // A machine that isn't full runs each group faster, as its arithmetic is shared by fewer, though never alone as fast.
        double last = rest == 0 ? 0 : Math.max(0.5 / resident(), Math.ceil(rest / target.units()) / resident());
        double time = (full + last) * resident() * work / efficiency();
        // What is added up later is written and read once more; about 40 multiply-adds for a float, and a launch.
        return splits == 1 ? time : time + 40.0 * splits * m * n * count / target.units() / 4 + 400_000;
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }
}
