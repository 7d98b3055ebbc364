package org.nnlang.runtime.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

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

    /// Where each part ends when `count` examples are cut into so many parts, of which none has more than one example
    /// more than another.
    static int[] ends(int count, int parts) {
        int[] ends = new int[parts];
        for (int i = 0; i < parts; i++) {
            ends[i] = (int) ((i + 1L) * count / parts);
        }
        return ends;
    }

    /// The examples of some parts, in their order.
    ///
    /// @param parts the part of each example
    static int[] places(int[] parts, IntPredicate chosen) {
        return IntStream.range(0, parts.length)
                .filter(example -> chosen.test(parts[example]))
                .toArray();
    }

    /// The part of each of `count` examples in an order drawn from the seed.
    ///
    /// @param ends where each part ends in that order
    static int[] parts(int count, int[] ends, long seed) {
        int[] order = Permutation.of(count, seed, Permutation.SPLIT);
        int[] parts = new int[count];
        int part = 0;
        for (int i = 0; i < count; i++) {
            while (i >= ends[part]) {
                part++;
            }
            parts[order[i]] = part;
        }
        return parts;
    }

    /// The part of each example, when each class is cut in the proportions of the whole. The sizes of the parts are
    /// those of a cut that is not stratified: laid out class by class, with each class in random order, every example is
    /// assigned to the part that is furthest behind its share.
    static int[] stratified(int[] labels, int[] ends, long seed) {
        int count = labels.length;
        int[] order = Permutation.of(count, seed, Permutation.SPLIT);
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
        int[] parts = new int[count];
        int[] taken = new int[ends.length];
        for (int i = 0; i < count; i++) {
            int behind = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (int part = 0; part < ends.length; part++) {
                int size = ends[part] - (part == 0 ? 0 : ends[part - 1]);
                double lag = (double) size * (i + 1) / count - taken[part];
                if (taken[part] < size && lag > most) {
                    most = lag;
                    behind = part;
                }
            }
            parts[grouped[i]] = behind;
            taken[behind]++;
        }
        return parts;
    }

    /// The part of each example, when examples of one group stay together: the groups in random order, laid out one
    /// behind the other, each in the part in which its middle lies.
    ///
    /// @param groups the number of each example's group, from 0 without gaps
    static int[] grouped(int[] groups, int[] ends, long seed) {
        int[] sizes = sizes(groups);
        int[] partOf = new int[sizes.length];
        int before = 0;
        int part = 0;
        for (int group : Permutation.of(sizes.length, seed, Permutation.SPLIT)) {
            while (2L * before + sizes[group] > 2L * ends[part] && part < ends.length - 1) {
                part++;
            }
            partOf[group] = part;
            before += sizes[group];
        }
        return Arrays.stream(groups).map(group -> partOf[group]).toArray();
    }

    /// The part of each example, when examples of one group stay together and the parts are to be of one size: the largest
    /// group first, and of equal ones in random order, each goes to the smallest part so far (Graham, 1969, "Bounds on
    /// multiprocessing timing anomalies"). So no part is empty where there are as many groups.
    ///
    /// @param groups the number of each example's group, from 0 without gaps
    static int[] balanced(int[] groups, int parts, long seed) {
        int[] sizes = sizes(groups);
        int[] order = Permutation.of(sizes.length, seed, Permutation.SPLIT);
        int[] partOf = new int[sizes.length];
        int[] taken = new int[parts];
        for (int group : Arrays.stream(order)
                .boxed()
                .sorted(Comparator.comparingInt(group -> -sizes[group]))
                .toList()) {
            int smallest = 0;
            for (int part = 1; part < parts; part++) {
                smallest = taken[part] < taken[smallest] ? part : smallest;
            }
            partOf[group] = smallest;
            taken[smallest] += sizes[group];
        }
        return Arrays.stream(groups).map(group -> partOf[group]).toArray();
    }

    private static int[] sizes(int[] groups) {
        int[] sizes = new int[Arrays.stream(groups).max().orElse(-1) + 1];
        for (int group : groups) {
            sizes[group]++;
        }
        return sizes;
    }
}
