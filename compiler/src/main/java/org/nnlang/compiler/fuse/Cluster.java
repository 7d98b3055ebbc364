package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// Nodes that one step computes. A *loop* has a space of essential dimensions; each of its members has all of them
/// (*varying*), or those without the reduced trailing ones (*uniform*: one value for a row), or is the result of
/// combining rows. A product may carry a loop behind it, and so may library kernels that hand over blocks of rows; any other
/// form is alone.
///
/// While clusters are formed they grow; afterwards nobody changes them.
public final class Cluster {
    private final Set<Node> members = new LinkedHashSet<>();
    private List<Dim> space;
    private int rowRank;
    private int groups = -1;
    private int combined;
    private @Nullable Node product;
    private @Nullable FlatUpdate flat;
    private final boolean loop;
    private int weight;
    int lowest;
    int highest;

    /// The last search of [Merging] that has come by.
    int seen;

    /// The cluster of one node.
    Cluster(Node node) {
        members.add(node);
        lowest = node.id();
        highest = node.id();
        weight = Weights.of(node);
        space = List.of();
        switch (node.form()) {
            case Form.Elementwise _, Form.Size _, Form.Iota _ -> {
                space = Views.essential(node.shape().dims());
                loop = true;
            }
            case Form.Reduce(_, var axes) -> {
                Node input = node.input(0);
                space = Views.essential(input.shape().dims());
                loop = true;
                int[] essential = Views.essentialAxes(input.shape().dims());
                int first = -1;
                int count = 0;
                for (int i = 0; i < essential.length; i++) {
                    if (axes.contains(essential[i])) {
                        first = first < 0 ? i : first;
                        count++;
                    }
                }
                if (first < 0) {
                    first = essential.length;
                }
                if (first + count == essential.length) {
                    rowRank = count;
                } else {
                    groups = first;
                    combined = count;
                }
            }
            case Form.Contract _ -> {
                space = Views.essential(node.shape().dims());
                product = node;
                loop = false;
            }
            case Form.Call call -> {
                if (call.kernel().hasEpilogue()) {
                    space = Views.essential(node.shape().dims());
                    product = node;
                }
                loop = false;
            }
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.ScatterAdd _, Form.Row _, Form.Random _, Form.StopGradient _, Form.Point _, Form.Scan _ ->
                loop = false;
        }
    }

    /// All results of one loop.
    Cluster(List<Node> results) {
        members.addAll(results);
        space = List.of();
        loop = false;
        lowest = results.stream().mapToInt(Node::id).min().orElseThrow();
        highest = results.stream().mapToInt(Node::id).max().orElseThrow();
    }

    /// The update of many parameters at once.
    Cluster(FlatUpdate flat, List<Node> results) {
        this.flat = flat;
        members.addAll(results);
        space = List.of(Dim.of(flat.size()));
        loop = false;
        lowest = results.stream().mapToInt(Node::id).min().orElseThrow();
        highest = results.stream().mapToInt(Node::id).max().orElseThrow();
    }

    /// The nodes it computes, inputs before their users.
    public List<Node> members() {
        var sorted = new ArrayList<>(members);
        sorted.sort((a, b) -> Integer.compare(a.id(), b.id()));
        return sorted;
    }

    /// The same in any order.
    Set<Node> unsorted() {
        return members;
    }

    public boolean has(Node node) {
        return members.contains(node);
    }

    /// About how many vector instructions its code has.
    int weight() {
        return weight;
    }

    /// The essential dimensions of the loop.
    public List<Dim> space() {
        return space;
    }

    /// How many trailing dimensions make the columns that reductions combine; 0 where there is no such reduction.
    public int rowRank() {
        return rowRank;
    }

    /// Whether rows are combined.
    public boolean combinesRows() {
        return groups >= 0;
    }

    /// Whether a reduction combines rows rather than columns.
    public static boolean combinesRows(Node reduction) {
        int[] essential = Views.essentialAxes(reduction.input(0).shape().dims());
        return reduction.form() instanceof Form.Reduce(_, var axes)
                && essential.length > 0
                && !axes.contains(essential[essential.length - 1]);
    }

    /// Where the dimensions begin that make the columns, or -1 where every element stands for itself.
    int columnsFrom() {
        if (combinesRows()) {
            return groups + combined;
        }
        return rowRank > 0 ? space.size() - rowRank : -1;
    }

    /// How many leading dimensions a combination of rows keeps.
    public int groups() {
        return Math.max(groups, 0);
    }

    /// How many dimensions after the groups a combination of rows drops.
    public int combined() {
        return combined;
    }

    /// The product, or the library kernel, whose result the loop goes on with, or null.
    public @Nullable Node product() {
        return product;
    }

    /// The update of many parameters, or null.
    public @Nullable FlatUpdate flat() {
        return flat;
    }

    /// Whether it is a loop, without a product before it.
    public boolean isLoop() {
        return loop && product == null;
    }

    /// Whether every element stands for itself.
    public boolean isElementwise() {
        return isLoop() && rowRank == 0 && groups < 0;
    }

    /// The essential dimensions of a value that is one for each row.
    List<Dim> rows() {
        return space.subList(0, space.size() - rowRank);
    }

    /// Takes over everything of `other`, under the geometry that [Merging] found for both.
    void absorb(Cluster other, List<Dim> newSpace, int newRowRank) {
        members.addAll(other.members);
        space = newSpace;
        rowRank = newRowRank;
        if (other.groups >= 0) {
            groups = other.groups;
            combined = other.combined;
        }
        if (other.product != null) {
            product = other.product;
        }
        weight += other.weight;
        lowest = Math.min(lowest, other.lowest);
        highest = Math.max(highest, other.highest);
    }

    /// Takes over an elementwise node of the same space.
    void take(Node node) {
        members.add(node);
        weight += Weights.of(node);
        lowest = Math.min(lowest, node.id());
        highest = Math.max(highest, node.id());
    }

    /// Leaves some nodes to another cluster.
    void release(Set<Node> nodes) {
        members.removeAll(nodes);
        weight -= nodes.stream().mapToInt(Weights::of).sum();
    }

    @Override
    public String toString() {
        return members().toString();
    }
}
