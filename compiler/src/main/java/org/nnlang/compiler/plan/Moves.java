package org.nnlang.compiler.plan;

import java.util.List;
import java.util.Set;
import org.nnlang.compiler.fuse.Strided;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.FusedProgramBuilder;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.tensor.DType;

/// Steps that only move elements.
final class Moves {
    private final Emitter emitter;

    Moves(Emitter emitter) {
        this.emitter = emitter;
    }

    /// Copies elements from one layout to another of the same dimensions.
    ///
    /// @param node whose elements they are
    void copy(Node node, Location source, Strided from, Location target, Strided to) {
        Extents extents = emitter.extents();
        Location first = source.plus(from.offset());
        Location second = target.plus(to.offset());
        emitter.touch(first);
        emitter.touch(second);
        boolean whole = from.isContiguous() && to.isContiguous();
        List<Dim> dims = whole ? List.of(Dim.product(from.dims())) : from.dims();
        List<Integer> one = List.of(extents.of(Dim.ONE));
        emitter.step(
                new Step.Move(
                        first.place(extents), second.place(extents), extents.all(dims),
                        whole ? one : extents.all(from.strides()), whole ? one : extents.all(to.strides())),
                "copy", node, Dim.ZERO);
    }

    /// Fills memory with zeros.
    void clear(Node node, Location target) {
        emitter.touch(target);
        Extents extents = emitter.extents();
        emitter.step(
                new Step.Clear(target.place(extents), extents.of(node.shape().size())), "clear", node, Dim.ZERO);
    }

    /// Fills memory with each element's index along an axis.
    void indices(Node node, Location target, List<Dim> dims, int axis) {
        var write = new Access(
                null, target, DType.I32, Dim.ZERO, Strided.rowMajor(dims).strides(), true, false);
        var space = Space.merge(dims, new Space.Shape(0, dims.size(), true), List.of(write), Set.of(axis));
        if (space == null || space.axes().size() > 5) {
            throw new IrException("no loop counts along axis " + axis + " of " + dims);
        }
        var builder = new FusedProgramBuilder("indices", space.axes().size());
        int dimension = space.dimension(axis);
        Dim stride = space.columnStride(write);
        int operand = builder.operand("to", DType.I32, stride.isZero() ? Columns.ONE_VALUE : Columns.CONTIGUOUS);
        builder.store(operand, dimension < 0 ? builder.columnIndex() : builder.outerIndex(dimension));
        Extents extents = emitter.extents();
        emitter.touch(target);
        var binding = new Step.Binding(target.place(extents), extents.all(space.outerStrides(write)),
                extents.of(stride));
        var loop = new Step.Loop(
                emitter.program(builder.build()), extents.all(space.outer()), extents.of(space.columns()),
                List.of(binding), List.of());
        emitter.step(loop, "indices", node, Dim.ZERO);
    }
}
