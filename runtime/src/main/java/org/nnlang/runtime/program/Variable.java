package org.nnlang.runtime.program;

import java.util.List;
import org.nnlang.runtime.tensor.DType;

/// A named tensor that lives as long as the training: a parameter, an optimizer slot or a state.
///
/// @param name unique, such as `encoder.fc1.W`
/// @param segment [Segment#PARAMETERS], [Segment#SLOTS] or [Segment#STATES]
/// @param offset of its first element in the segment's `float[]` or `int[]`
public record Variable(String name, Segment segment, DType dtype, List<Integer> shape, int offset) {
    public Variable {
        shape = List.copyOf(shape);
        if (!segment.isShared() || segment == Segment.GRADIENTS) {
            throw new IllegalArgumentException("a variable can't lie in " + segment);
        }
    }

    /// How many elements it has.
    public int size() {
        int size = 1;
        for (int extent : shape) {
            size = Math.multiplyExact(size, extent);
        }
        return size;
    }
}
