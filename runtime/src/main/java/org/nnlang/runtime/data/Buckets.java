package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/// Sorts the examples of sequences of unequal length into buckets, so that a batch holds examples of about one length.
/// Every batch of a bucket is filled up to the bucket's longest example, in each dimension that is free: so there are few
/// sizes that a program is bound to, and they depend on the data alone.
///
/// Where the buckets end is what makes the filling least: the sum over all examples of what they are filled up to. With
/// examples in the order of their length that is the segmentation of a line, solved exactly by dynamic programming
/// (Bellman, 1961, "On the approximation of curves by line segments using dynamic programming").
final class Buckets {
    /// Lengths that are told apart at most; beyond, neighbouring ones count as one.
    private static final int GROUPS = 512;

    private final int[] bucketOf;
    private final int[][] lengths;
    private final int[] counts;

    private Buckets(int[] bucketOf, int[][] lengths) {
        this.bucketOf = bucketOf;
        this.lengths = lengths;
        this.counts = new int[lengths.length];
        for (int bucket : bucketOf) {
            counts[bucket]++;
        }
    }

    /// Sorts a dataset's examples, of which there is at least one.
    static Buckets of(Dataset data) {
        List<String> free = data.header().free();
        int count = data.count();
        int[][] of = new int[free.size()][count];
        int longest = 0;
        int[] totals = new int[count];
        for (int example = 0; example < count; example++) {
            int total = 0;
            for (int d = 0; d < of.length; d++) {
                of[d][example] = length(data, example, free.get(d));
                total += of[d][example];
            }
            totals[example] = total;
            longest = Math.max(longest, total);
        }
        int grain = longest / GROUPS + 1;
        var groups = new TreeMap<Integer, Group>();
        for (int example = 0; example < count; example++) {
            Group group = groups.computeIfAbsent((totals[example] + grain - 1) / grain, _ -> new Group(of.length));
            group.count++;
            for (int d = 0; d < of.length; d++) {
                group.longest[d] = Math.max(group.longest[d], of[d][example]);
            }
        }
        var sorted = new ArrayList<>(groups.values());
        int[] ends = ends(sorted, Math.min(data.buckets(), sorted.size()));
        int[][] lengths = new int[ends.length][of.length];
        for (int bucket = 0, group = 0; bucket < ends.length; bucket++) {
            for (; group < ends[bucket]; group++) {
                sorted.get(group).bucket = bucket;
                for (int d = 0; d < of.length; d++) {
                    lengths[bucket][d] = Math.max(lengths[bucket][d], sorted.get(group).longest[d]);
                }
            }
        }
        int[] bucketOf = new int[count];
        for (int example = 0; example < count; example++) {
            Group group = groups.get((totals[example] + grain - 1) / grain);
            bucketOf[example] = group == null ? 0 : group.bucket;
        }
        return new Buckets(bucketOf, lengths);
    }

    private static final class Group {
        private final int[] longest;
        private int count;
        private int bucket;

        Group(int dimensions) {
            longest = new int[dimensions];
        }
    }

    /// The longest of the sequences of an example that share a dimension.
    private static int length(Dataset data, int example, String dimension) {
        int length = 1;
        List<DataHeader.Field> fields = data.header().fields();
        for (int field = 0; field < fields.size(); field++) {
            if (fields.get(field).free().contains(dimension)) {
                length = Math.max(length, data.length(example, field));
            }
        }
        return length;
    }

    /// Where each of `buckets` buckets ends, so that the filling is least.
    private static int[] ends(List<Group> groups, int buckets) {
        int size = groups.size();
        // least[k][i]: the cost of the first i groups in k + 1 buckets, the last of which begins at from[k][i].
        double[][] least = new double[buckets][size + 1];
        int[][] from = new int[buckets][size + 1];
        for (double[] row : least) {
            Arrays.fill(row, Double.POSITIVE_INFINITY);
        }
        for (int i = 1; i <= size; i++) {
            int[] longest = new int[groups.getFirst().longest.length];
            double count = 0;
            for (int j = i - 1; j >= 0; j--) {
                Group group = groups.get(j);
                count += group.count;
                double width = 0;
                for (int d = 0; d < longest.length; d++) {
                    longest[d] = Math.max(longest[d], group.longest[d]);
                    width += longest[d];
                }
                double cost = count * width;
                if (j == 0) {
                    least[0][i] = cost;
                }
                for (int k = 1; k < buckets && k <= j; k++) {
                    if (least[k - 1][j] + cost < least[k][i]) {
                        least[k][i] = least[k - 1][j] + cost;
                        from[k][i] = j;
                    }
                }
            }
        }
        int[] ends = new int[buckets];
        for (int k = buckets - 1, end = size; k >= 0; k--) {
            ends[k] = end;
            end = from[k][end];
        }
        return ends;
    }

    int count() {
        return lengths.length;
    }

    int bucketOf(int example) {
        return bucketOf[example];
    }

    /// How many examples a bucket has.
    int examples(int bucket) {
        return counts[bucket];
    }

    /// What a bucket's examples are filled up to in a free dimension.
    int length(int bucket, int dimension) {
        return lengths[bucket][dimension];
    }
}
