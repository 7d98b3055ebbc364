package org.nnlang.opencl.code;

import org.jspecify.annotations.Nullable;

/// What code generation wants to know of a device.
///
/// @param units that run work groups
/// @param largestGroup the most work items of a group
/// @param localBytes a group's local memory
/// @param gpu whether neighbouring work items run in step, so that memory is best read side by side
/// @param subGroup how such work items hand each other values, or null where only local memory is known to do
public record Target(int units, int largestGroup, long localBytes, boolean gpu, @Nullable SubGroup subGroup) {
    /// A device of which nothing but OpenCL C 1.2 is known.
    public Target(int units, int largestGroup, long localBytes, boolean gpu) {
        this(units, largestGroup, localBytes, gpu, null);
    }


    /// The same device, of which this is known, too.
    public Target with(SubGroup known) {
        return new Target(units, largestGroup, localBytes, gpu, known);
    }

    /// The work items of an ordinary group.
    int group() {
        return Integer.highestOneBit(Math.min(largestGroup, 256));
    }
}
