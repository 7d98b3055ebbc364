package org.nnlang.runtime.program;

/// Shared segments on a device.
public interface DeviceMemory {
    /// Copies floats of a segment from the device, after all that was asked of it before.
    void read(Segment segment, int offset, float[] target, int at, int count);

    /// Copies ints of a segment from the device.
    void read(Segment segment, int offset, int[] target, int at, int count);

    /// Copies floats to the device; the array may be changed when this returns.
    void write(Segment segment, int offset, float[] source, int at, int count);

    /// Copies ints to the device.
    void write(Segment segment, int offset, int[] source, int at, int count);

    /// Gives the memory back, and the programs that work on it.
    void release();
}
