package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.Switch;

/// How a matrix product is cut up: a group of work items makes a block of `rows` by `columns`, walking through k by
/// `depth`, and each work item a part of `itemRows` by `itemColumns` of it.
///
/// @param splits how many groups share the walk through k, their sums to be added up
public record Tiling(int rows, int columns, int depth, int itemRows, int itemColumns, int splits) {
    /// All that fit the kernel's way of loading: each work item loads as many fours of either matrix as any other.
    static final List<Tiling> ALL = List.of(
            new Tiling(256, 128, 8, 16, 8, 1), new Tiling(128, 256, 8, 8, 16, 1), new Tiling(128, 128, 8, 8, 8, 1),
            new Tiling(128, 64, 16, 8, 4, 1), new Tiling(64, 128, 16, 4, 8, 1),
            new Tiling(64, 64, 16, 4, 4, 1), new Tiling(32, 64, 16, 4, 4, 1), new Tiling(32, 32, 16, 4, 4, 1));

    /// The greatest depth of them.
    static final int DEEPEST = 16;

    /// Makes every product use one tiling, for measurements: rows, columns, depth, those of a work item, and splits, such as
    /// `128x128x8x8x8x1`.
    public static final String PROPERTY = "nn.opencl.tiling";

    /// The one that it names; null where it isn't set.
    ///
    /// @throws org.nnlang.runtime.NnException NN0863 where that is no tiling
    public static @Nullable Tiling forced() {
        String text = System.getProperty(PROPERTY, "");
        if (text.isEmpty()) {
            return null;
        }
        Tiling tiling = parse(text);
        if (tiling == null || !tiling.isOne()) {
            throw Switch.wrong(PROPERTY, text, "`-D" + PROPERTY + "=" + ALL.getLast() + "`, or another with blocks that"
                    + " are multiples of a work item's part");
        }
        return tiling;
    }

    private boolean isOne() {
        return Math.min(Math.min(Math.min(rows, columns), Math.min(depth, splits)), Math.min(itemRows, itemColumns)) > 0
                && rows % itemRows == 0 && columns % itemColumns == 0;
    }

    /// Reads what [#toString] wrote, or null.
    public static @Nullable Tiling parse(String text) {
        String[] parts = text.split("x", -1);
        int[] n = new int[6];
        if (parts.length != n.length) {
            return null;
        }
        try {
            for (int i = 0; i < n.length; i++) {
                n[i] = Integer.parseInt(parts[i]);
            }
        } catch (NumberFormatException e) {
            return null;
        }
        return new Tiling(n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    @Override
    public String toString() {
        return rows + "x" + columns + "x" + depth + "x" + itemRows + "x" + itemColumns + "x" + splits;
    }

    Tiling split(int parts) {
        return new Tiling(rows, columns, depth, itemRows, itemColumns, parts);
    }

    int items() {
        return rows / itemRows * (columns / itemColumns);
    }

    /// The share of a compute unit's arithmetic that such groups reach where there are enough of them. This and the other
    /// numbers here were fitted to 190 measurements on an H100; they choose its fastest tiling, or one within a tenth of
    /// it, for the products of W2 and W4.
    private double efficiency() {
        return switch (itemRows * itemColumns) {
            case 128 -> 0.88;
            case 64 -> 0.73;
            case 32 -> 0.64;
            default -> rows * columns >= 64 * 64 ? 0.53 : 0.5;
        };
    }

    /// How many groups a compute unit holds at once.
    private int resident() {
        return switch (itemRows * itemColumns) {
            case 128 -> 1;
            case 64 -> 512 / items();
            default -> 2048 / items();
        };
    }

    /// The largest block where a processor runs the work items of a group one after the other: between barriers, what they hold lies
    /// in memory. PoCL 3.1 takes 3.5 ms for 256³ with these, 9 to 140 ms with larger ones.
    private static final int SERIAL = 32 * 32;

    /// The one that should take the least time for `count` products of m × k by k × n.
    static Tiling best(int m, int n, int k, long count, Target target) {
        Tiling best = ALL.getLast();
        double least = Double.POSITIVE_INFINITY;
        for (Tiling tiling : ALL) {
            if (tiling.items() > target.largestGroup() || !target.gpu() && tiling.rows * tiling.columns > SERIAL) {
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

    /// How many are worth measuring, and how much slower than the best they may be thought.
    private static final int MEASURED = 4;
    private static final double WORTH = 2;

    /// The one that should take the least time, then others that may be faster. All share the walk through k among as many groups.
    static List<Tiling> candidates(int m, int n, int k, long count, Target target) {
        Tiling best = best(m, n, k, count, target);
        double most = best.time(m, n, k, count, target) * WORTH;
        List<Tiling> all = new ArrayList<>(List.of(best));
        ALL.stream()
                .map(tiling -> tiling.split(best.splits))
                .filter(tiling -> !tiling.equals(best) && tiling.items() <= target.largestGroup()
                        && tiling.time(m, n, k, count, target) <= most)
                .sorted(Comparator.comparingDouble(tiling -> tiling.time(m, n, k, count, target)))
                .limit(MEASURED - 1L)
                .forEach(all::add);
        return all;
    }

    /// About how many microseconds it takes.
    private double time(int m, int n, int k, long count, Target target) {
        long groups = (long) ceil(m, rows) * ceil(n, columns) * count * splits;
        long slots = (long) target.units() * resident();
        int slices = ceil(ceil(k, depth), splits);
        double last = wave(slices, ceil(groups % slots, target.units()));
        long full = groups / slots;
        double time = full * wave(slices, resident()) + last;
        return splits == 1 ? time : time + SECOND_KERNEL + 8.0 * splits * m * n * count / CACHE_BYTES;
    }

    /// What a slice takes at least, however small: the way to memory and back.
    private static final double LATENCY = 0.41;

    /// Multiply-adds of a compute unit in a microsecond.
    private static final double MULTIPLY_ADDS = 128 * 1755;

    private static final double SECOND_KERNEL = 5.4;
    private static final double CACHE_BYTES = 4.5e6;

    /// Microseconds of some groups on each compute unit, running side by side.
    private double wave(int slices, long groups) {
        double work = (double) rows * columns * depth / MULTIPLY_ADDS / efficiency();
        return groups == 0 ? 0 : slices * Math.max(LATENCY, groups * work);
    }

    private static long ceil(long a, int b) {
        return (a + b - 1) / b;
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }
}
