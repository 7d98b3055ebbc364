package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.runtime.program.LibraryKernel;

/// The library kernel behind a function's name, for operands that it takes.
///
/// @param attributes as the kernel says
/// @param operands by the function's names, in the kernel's order
record KernelMatch(LibraryKernel kernel, List<Integer> attributes, Map<String, Node> operands) {

    /// The kernel called `name`, unless the library has none, or none for these arguments.
    ///
    /// @param tensors the tensors among the arguments
    /// @param settings the others
    static Optional<KernelMatch> of(
            String name, Map<String, Value.TensorValue> tensors, Map<String, Value> settings, Tensors shapes) {
        return switch (name) {
            case "scaled_dot_product_attention" -> Optional.ofNullable(attention(tensors, settings, shapes));
            case "convolution" -> Optional.ofNullable(convolution(tensors, settings, LibraryKernel.CONVOLUTION));
            case "transposed_convolution" ->
                Optional.ofNullable(convolution(tensors, settings, LibraryKernel.CONVOLUTION_INPUT));
            case "max_pool" -> Optional.ofNullable(pool(tensors, settings, LibraryKernel.MAX_POOL));
            case "average_pool" -> Optional.ofNullable(pool(tensors, settings, LibraryKernel.AVERAGE_POOL));
            default -> Optional.empty();
        };
    }

    private static @Nullable KernelMatch attention(
            Map<String, Value.TensorValue> tensors, Map<String, Value> settings, Tensors shapes) {
        Node q = node(tensors, "q");
        Node k = node(tensors, "k");
        Node v = node(tensors, "v");
        Node mask = node(tensors, "mask");
        if (q == null || k == null || v == null || mask == null
                || !(settings.get("causal") instanceof Value.BoolValue(boolean causal))) {
            return null;
        }
        int rank = q.type().rank();
        var operands = new LinkedHashMap<String, Node>();
        operands.put("q", q);
        operands.put("k", k);
        operands.put("v", v);
        boolean masked = !(mask.form() instanceof Form.Constant constant && constant.is(1));
        if (masked) {
            var pairs = q.shape().part(0, rank - 1).followedBy(Shape.of(k.shape().dim(rank - 2)));
            if (mask.type().rank() > rank || !fits(mask.shape(), pairs)) {
                return null;
            }
            operands.put("mask", shapes.stretch(mask, pairs));
        }
        return new KernelMatch(LibraryKernel.ATTENTION, List.of(causal ? 1 : 0, masked ? 1 : 0), operands);
    }

    private static @Nullable KernelMatch convolution(
            Map<String, Value.TensorValue> tensors, Map<String, Value> settings, LibraryKernel kernel) {
        Node x = node(tensors, "x");
        Node weights = node(tensors, "W");
        var attributes = moves(settings);
        // The size of a group is a divisor; which one must be known.
        if (x == null || weights == null || attributes == null
                || !weights.shape().isConstant() || !x.shape().dim(3).isConstant()) {
            return null;
        }
        var operands = new LinkedHashMap<String, Node>();
        operands.put("x", x);
        operands.put("W", weights);
        return new KernelMatch(kernel, attributes, operands);
    }

    private static @Nullable KernelMatch pool(
            Map<String, Value.TensorValue> tensors, Map<String, Value> settings, LibraryKernel kernel) {
        Node x = node(tensors, "x");
        var window = integers(settings.get("window"));
        var moves = moves(settings);
        if (x == null || window == null || moves == null) {
            return null;
        }
        var attributes = new ArrayList<>(window);
        attributes.addAll(moves);
        if (kernel == LibraryKernel.AVERAGE_POOL) {
            if (!(settings.get("count_padding") instanceof Value.BoolValue(boolean counts))) {
                return null;
            }
            attributes.add(counts ? 1 : 0);
        }
        var operands = new LinkedHashMap<String, Node>();
        operands.put("x", x);
        return new KernelMatch(kernel, attributes, operands);
    }

    /// Strides, padding before, dilations.
    private static @Nullable List<Integer> moves(Map<String, Value> settings) {
        var all = new ArrayList<Integer>();
        for (String name : List.of("stride", "before", "dilation")) {
            var pair = settings.containsKey(name) ? integers(settings.get(name)) : List.of(1, 1);
            if (pair == null) {
                return null;
            }
            all.addAll(pair);
        }
        return all;
    }

    /// Two whole numbers, or null.
    private static @Nullable List<Integer> integers(@Nullable Value value) {
        if (!(value instanceof Value.ListValue(List<Value> elements)) || elements.size() != 2) {
            return null;
        }
        var integers = new ArrayList<Integer>();
        for (Value element : elements) {
            if (!(element instanceof Value.IntValue integer) || !integer.isConstant()) {
                return null;
            }
            integers.add(Math.toIntExact(integer.constant()));
        }
        return integers;
    }

    /// Whether a shape broadcasts to another.
    private static boolean fits(Shape shape, Shape target) {
        int before = target.rank() - shape.rank();
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (!shape.dim(axis).isOne() && !shape.dim(axis).equals(target.dim(before + axis))) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Node node(Map<String, Value.TensorValue> tensors, String name) {
        Value.TensorValue tensor = tensors.get(name);
        return tensor == null ? null : tensor.node();
    }
}
