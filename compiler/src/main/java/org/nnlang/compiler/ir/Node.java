package org.nnlang.compiler.ir;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// One value of a [Graph]. Two nodes of a graph are the same value exactly when they are the same object.
///
/// Ids grow in the order of creation, so every input has a smaller id than the node that uses it.
public final class Node {
    private final int id;
    private final Form form;
    private final List<Node> inputs;
    private final TensorType type;
    private final @Nullable Span origin;

    /// Kept so that a graph's table grows without hashing forms again.
    final int hash;

    Node(int id, Form form, List<Node> inputs, TensorType type, @Nullable Span origin, int hash) {
        this.id = id;
        this.form = form;
        this.inputs = inputs;
        this.type = type;
        this.origin = origin;
        this.hash = hash;
    }

    /// Its place in its graph.
    public int id() {
        return id;
    }

    /// What it does, with its attributes.
    public Form form() {
        return form;
    }

    public List<Node> inputs() {
        return inputs;
    }

    public Node input(int index) {
        return inputs.get(index);
    }

    public TensorType type() {
        return type;
    }

    public Shape shape() {
        return type.shape();
    }

    /// The source that asked for this value first, where it is known.
    public @Nullable Span origin() {
        return origin;
    }

    /// `%5: f32[b, 10] = contract(%1, %3) {[1]x[0]}`.
    @Override
    public String toString() {
        return IrPrinter.line(this);
    }
}
