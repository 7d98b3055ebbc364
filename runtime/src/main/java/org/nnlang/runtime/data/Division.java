package org.nnlang.runtime.data;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Cuts examples into parts.
final class Division {
    private Division() {}

    /// Cuts in these proportions, drawn from a seed, of which the part of this number is meant.
    record Cut(List<Double> fractions, int part, long seed) {
        Cut {
            fractions = List.copyOf(fractions);
        }
    }

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

    /// Which of `count` examples belong to the part, in their order.
    static int[] places(int count, Cut cut) {
        int[] order = Permutation.of(count, cut.seed(), Permutation.SPLIT);
        int[] ends = ends(count, cut.fractions());
        int from = cut.part() == 0 ? 0 : ends[cut.part() - 1];
        int[] places = Arrays.copyOfRange(order, from, ends[cut.part()]);
        Arrays.sort(places);
        return places;
    }

    /// Which examples belong to the part, when each class is cut in the proportions of the whole. The sizes of
    /// the parts are those of an unstratified split: laid out class by class, with each class in random order, every
    /// example is assigned to the part that is furthest behind its share.
    static int[] places(int[] labels, Cut cut) {
        int count = labels.length;
        int[] order = Permutation.of(count, cut.seed(), Permutation.SPLIT);
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
        int[] ends = ends(count, cut.fractions());
        int parts = ends.length;
        int[] taken = new int[parts];
        int[] places = new int[ends[cut.part()] - (cut.part() == 0 ? 0 : ends[cut.part() - 1])];
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
            if (behind == cut.part()) {
                places[found++] = grouped[i];
            }
            taken[behind]++;
        }
        Arrays.sort(places);
        return places;
    }

    /// Which examples belong to the part, when examples of one group stay together: the groups in random order, laid
    /// out one behind the other, each in the part in which its middle lies.
    ///
    /// @param groups the number of each example's group, from 0 without gaps
    static int[] grouped(int[] groups, Cut cut) {
        int[] sizes = new int[Arrays.stream(groups).max().orElse(-1) + 1];
        for (int group : groups) {
            sizes[group]++;
        }
        int[] ends = ends(groups.length, cut.fractions());
        boolean[] chosen = new boolean[sizes.length];
        int before = 0;
        int part = 0;
        for (int group : Permutation.of(sizes.length, cut.seed(), Permutation.SPLIT)) {
            while (2L * before + sizes[group] > 2L * ends[part] && part < ends.length - 1) {
                part++;
            }
            chosen[group] = part == cut.part();
            before += sizes[group];
        }
        return IntStream.range(0, groups.length)
                .filter(example -> chosen[groups[example]])
                .toArray();
    }
}
