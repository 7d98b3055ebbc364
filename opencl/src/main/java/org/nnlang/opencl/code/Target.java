package org.nnlang.opencl.code;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What code generation wants to know of a device.
///
/// @param units that run work groups
/// @param largestGroup the most work items of a group
/// @param localBytes a group's local memory
/// @param gpu whether neighbouring work items run in step, so that memory is best read side by side
/// @param subGroup how such work items hand each other values, or null where only local memory is known to do
/// @param tensorCores that matrix products are to use, or null
/// @param halves how matrix products are to hold their operands in local memory, or null where they stay as they are
/// @param tuned how products and convolutions are best cut, where that was measured
public record Target(int units, int largestGroup, long localBytes, boolean gpu, @Nullable SubGroup subGroup,
        @Nullable TensorCores tensorCores, @Nullable HalfTiles halves, Map<Shape, Tiling> tuned) {
    public Target {
        tuned = Map.copyOf(tuned);
    }

    /// A device of which nothing but OpenCL C 1.2 is known.
    public Target(int units, int largestGroup, long localBytes, boolean gpu) {
        this(units, largestGroup, localBytes, gpu, null, null, null, Map.of());
    }

    /// The same device, of which this is known, too.
    public Target with(SubGroup known) {
        return new Target(units, largestGroup, localBytes, gpu, known, tensorCores, halves, tuned);
    }

    /// The same device, whose products are to use these.
    public Target with(TensorCores wanted) {
        return new Target(units, largestGroup, localBytes, gpu, subGroup, wanted, halves, tuned);
    }

    /// The same device, whose products are to hold halves.
    public Target with(HalfTiles wanted) {
        return new Target(units, largestGroup, localBytes, gpu, subGroup, tensorCores, wanted, tuned);
    }

    /// The same device with other measurements.
    public Target with(Map<Shape, Tiling> measured) {
        return new Target(units, largestGroup, localBytes, gpu, subGroup, tensorCores, halves, measured);
    }

    /// How a product is cut.
    Tiling tiling(Shape shape) {
        Tiling known = tuned.get(shape);
        return known != null ? known : shape.best(this);
    }

    /// The work items of an ordinary group.
    int group() {
        return Integer.highestOneBit(Math.min(largestGroup, 256));
    }
}
