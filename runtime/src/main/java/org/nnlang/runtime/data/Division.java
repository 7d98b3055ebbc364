package org.nnlang.runtime.data;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.nnlang.runtime.data.DataExpression.Split;

/// Cuts examples into parts.
final class Division {
    private Division() {}

    /// Where each part ends when `count` examples are cut in these proportions; the last end is `count`.
    static int[] ends(int count, List<Double> fractions) {
        int[] ends = new int[fractions.size() + 1];
        double sum = 0;
        for (int i = 0; i < fractions.size(); i++) {
            sum += fractions.get(i);
            ends[i] = (int) Math.min(count, Math.round(sum * count));
        }
        ends[fractions.size()] = count;
        return ends;
    }

    /// Which of `count` examples belong to the split's part, in their order.
    static int[] places(int count, Split split) {
        int[] order = Permutation.of(count, split.seed(), Permutation.SPLIT);
        int[] ends = ends(count, split.fractions());
        int from = split.part() == 0 ? 0 : ends[split.part() - 1];
        int[] places = Arrays.copyOfRange(order, from, ends[split.part()]);
        Arrays.sort(places);
        return places;
    }

    /// Which examples belong to the split's part, when each class is cut in the proportions of the whole. The sizes of
    /// the parts are those of an unstratified split: laid out class by class, with each class in random order, every
    /// example is assigned to the part that is furthest behind its share.
    static int[] places(int[] labels, Split split) {
        int count = labels.length;
        int[] order = Permutation.of(count, split.seed(), Permutation.SPLIT);
        var classes = new TreeMap<Integer, int[]>();
        for (int label : labels) {
            classes.computeIfAbsent(label, _ -> new int[1])[0]++;
        }
        // Examples grouped by class, in random order within each.
        int at = 0;
        for (int[] slot : classes.values()) {
            int size = slot[0];
            slot[0] = at;
            at += size;
        }
        int[] grouped = new int[count];
        for (int example : order) {
            grouped[classes.getOrDefault(labels[example], new int[1])[0]++] = example;
        }
        int[] ends = ends(count, split.fractions());
        int parts = ends.length;
        int[] taken = new int[parts];
        int[] places = new int[ends[split.part()] - (split.part() == 0 ? 0 : ends[split.part() - 1])];
        int found = 0;
        for (int i = 0; i < count; i++) {
            int behind = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (int part = 0; part < parts; part++) {
                int size = ends[part] - (part == 0 ? 0 : ends[part - 1]);
                double lag = (double) size * (i + 1) / count - taken[part];
                if (taken[part] < size && lag > most) {
                    most = lag;
                    behind = part;
                }
            }
            if (behind == split.part()) {
                places[found++] = grouped[i];
            }
            taken[behind]++;
        }
        Arrays.sort(places);
        return places;
    }
}
