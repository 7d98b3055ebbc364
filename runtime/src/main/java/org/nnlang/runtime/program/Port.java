package org.nnlang.runtime.program;

import java.util.List;
import org.nnlang.runtime.tensor.DType;

/// An input or output of a procedure.
///
/// @param shape indices into the image's extents
/// @param place where its elements lie, row by row
public record Port(String name, DType dtype, List<Integer> shape, Place place) {
    public Port {
        shape = List.copyOf(shape);
    }
}
