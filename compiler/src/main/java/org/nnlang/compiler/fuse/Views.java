package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// How moves are read rather than made: each node has a *base*, which lies in memory row by row, and elements of the
/// node are found in the base by strides. A node that is its own base must be computed, or is given.
///
/// Axes of dimension 1 mean nothing to a loop; *essential* dimensions and axes are the others, and axis maps count
/// these alone.
public final class Views {
    /// Nodes whose elements cannot be found by strides become bases, a reshaped transpose for instance.
    private final Map<Node, View> known = new HashMap<>();

    /// @param base is given or computed, and lies row by row
    /// @param layout where the node's elements lie in it
    public record View(Node base, Strided layout) {}

    /// What a node is read from. Inputs must have been asked for before, or be few moves away.
    public View of(Node node) {
        View view = known.get(node);
        if (view == null) {
            view = derive(node);
            known.put(node, view);
        }
        return view;
    }

    private View derive(Node node) {
        return switch (node.form()) {
            case Form.Reshape(var shape) -> {
                View input = of(node.input(0));
                yield moved(node, input, input.layout().reshape(shape.dims()));
            }
            case Form.Transpose(var permutation) -> {
                View input = of(node.input(0));
                yield moved(node, input, Optional.of(input.layout().transpose(permutation)));
            }
            case Form.Slice(var starts, _, var steps) -> {
                View input = of(node.input(0));
                var dims = node.shape().dims();
                yield moved(node, input, Optional.of(input.layout().slice(starts, steps, dims)));
            }
            case Form.Broadcast(var shape, var axes) -> {
                View input = of(node.input(0));
                yield moved(node, input, Optional.of(input.layout().broadcast(shape.dims(), axes)));
            }
            case Form.StopGradient _, Form.Point _ -> of(node.input(0));
            case Form.Constant constant when constant.isUniform() -> {
                var dims = node.shape().dims();
                yield new View(node, new Strided(Dim.ZERO, dims, dims.stream().map(_ -> Dim.ZERO).toList()));
            }
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Elementwise _, Form.Reduce _, Form.Contract _, Form.Pad _, Form.Concat _, Form.Gather _, Form.ScatterAdd _, Form.Call _, Form.Row _, Form.Random _, Form.Scan _ ->
                new View(node, Strided.rowMajor(node.shape().dims()));
        };
    }

    private static View moved(Node node, View input, Optional<Strided> layout) {
        return layout.map(strided -> new View(input.base(), strided))
                .orElseGet(() -> new View(node, Strided.rowMajor(node.shape().dims())));
    }

    /// Whether the node is read from another node.
    public boolean isMove(Node node) {
        return of(node).base() != node;
    }

    /// The dimensions other than 1.
    public static List<Dim> essential(List<Dim> dims) {
        return dims.stream().filter(dim -> !dim.isOne()).toList();
    }

    /// The essential axes among `dims`.
    public static int[] essentialAxes(List<Dim> dims) {
        int[] axes = new int[dims.size()];
        int count = 0;
        for (int axis = 0; axis < dims.size(); axis++) {
            if (!dims.get(axis).isOne()) {
                axes[count++] = axis;
            }
        }
        return Arrays.copyOf(axes, count);
    }

    /// One step through a move: the input and, for each of its essential axes, the value of `map` at the move's essential
    /// axis that it became. Empty where elements change places in other ways, or the node is no move.
    public static Optional<Through> through(Node node, int[] map) {
        return switch (node.form()) {
            case Form.StopGradient _, Form.Point _ -> Optional.of(new Through(node.input(0), map));
            case Form.Reshape(var shape) -> {
                boolean same = essential(shape.dims()).equals(essential(node.input(0).shape().dims()));
                yield same ? Optional.of(new Through(node.input(0), map)) : Optional.empty();
            }
            case Form.Broadcast(_, var axes) -> Optional.of(follow(node, map, axes));
            case Form.Transpose(var permutation) -> {
                var places = new ArrayList<Integer>(permutation);
                for (int axis = 0; axis < permutation.size(); axis++) {
                    places.set(permutation.get(axis), axis);
                }
                yield Optional.of(follow(node, map, places));
            }
            case Form.Slice _, Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Elementwise _, Form.Reduce _, Form.Contract _, Form.Pad _, Form.Concat _, Form.Gather _, Form.ScatterAdd _, Form.Call _, Form.Row _, Form.Random _, Form.Scan _ ->
                Optional.empty();
        };
    }

    /// @param input of the move
    /// @param map one entry for each essential axis of the input
    public record Through(Node input, int[] map) {}

    /// `places[i]` is the result axis that input axis i became.
    private static Through follow(Node node, int[] map, List<Integer> places) {
        var dims = node.shape().dims();
        int[] position = new int[dims.size()];
        int count = 0;
        for (int axis = 0; axis < dims.size(); axis++) {
            position[axis] = dims.get(axis).isOne() ? -1 : count++;
        }
        int[] axes = essentialAxes(node.input(0).shape().dims());
        int[] result = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            result[i] = map[position[places.get(axes[i])]];
        }
        return new Through(node.input(0), result);
    }

    /// 0, 1, … `size` - 1.
    public static int[] identity(int size) {
        int[] map = new int[size];
        Arrays.setAll(map, i -> i);
        return map;
    }

    /// Whether each axis stands for itself.
    public static boolean isIdentity(int[] map) {
        for (int i = 0; i < map.length; i++) {
            if (map[i] != i) {
                return false;
            }
        }
        return true;
    }
}
