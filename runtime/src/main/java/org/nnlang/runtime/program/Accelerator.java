package org.nnlang.runtime.program;

import java.util.List;
import java.util.Map;
import org.nnlang.runtime.checkpoint.Storage;

/// A device that is ready for work. Everything made by it goes with it when it is closed. One thread at a time uses it.
public interface Accelerator extends AutoCloseable {
    /// What it is.
    Backend.Device device();

    /// The most bytes that one buffer of the device may have.
    long largestBuffer();

    /// Memory for variables, zeroed.
    ///
    /// @param variables what lies in it; each is read and written whole by [DeviceMemory], and may be looked at as flat
    ///     memory with its neighbours by loops alone
    /// @param floats the size of each [Segment]'s float array, in elements, by ordinal
    /// @param ints the size of its int array
    /// @throws org.nnlang.runtime.NnException NN0862 where it does not fit
    DeviceMemory allocate(List<Variable> variables, int[] floats, int[] ints);

    /// Memory for the variables of a model that runs alone, zeroed.
    ///
    /// @param held how a checkpoint holds variables that it does not hold as they are: all values that they will be given are of that
    ///     type, so a device can keep them in as few bytes
    /// @throws org.nnlang.runtime.NnException NN0862 where it does not fit
    default DeviceMemory allocate(Image model, Map<String, Storage> held, int[] floats, int[] ints) {
        return allocate(model.variables(), floats, ints);
    }

    /// Makes an image ready to run for certain sizes.
    ///
    /// @throws org.nnlang.runtime.NnException NN0862 where memory does not suffice, NN0874 where the image does what the
    ///     device cannot, NN0861 where the device fails
    DeviceProgram bind(Image image, DeviceMemory memory, Sizes sizes);

    /// Gives everything back.
    @Override
    void close();

    /// What is known once a procedure is bound to its sizes.
    ///
    /// @param extents the values of the image's extents
    /// @param floats how many floats each segment has that is not shared, by ordinal
    /// @param ints how many ints it has
    /// @param places where each of the image's buffers begins in its segment
    /// @param pieceSize how many elements of the arena a buffer of the device may have: none of the image's buffers crosses a
    ///     multiple of it, unless it is larger itself
    record Sizes(int[] extents, int[] floats, int[] ints, int[] places, int pieceSize) {}
}
