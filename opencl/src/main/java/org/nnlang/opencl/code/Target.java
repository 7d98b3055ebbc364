package org.nnlang.opencl.code;

/// What code generation wants to know of a device.
///
/// @param units that run work groups
/// @param largestGroup the most work items of a group
/// @param localBytes a group's local memory
/// @param gpu whether neighbouring work items run in step, so that memory is best read side by side
public record Target(int units, int largestGroup, long localBytes, boolean gpu) {
    /// The work items of an ordinary group.
    int group() {
        return Integer.highestOneBit(Math.min(largestGroup, 256));
    }
}
