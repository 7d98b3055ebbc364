package org.nnlang.runtime.program;

/// A procedure on a device, bound to sizes. Runs are asked for and carried out in order; only reading waits for them.
public interface DeviceProgram {
    /// Asks for a run.
    ///
    /// @param floats the inputs segment's floats, copied before this returns
    /// @param ints its ints
    void run(float[] floats, int[] ints, long seed, int step);

    /// Waits for the last run and copies what it put out.
    ///
    /// @throws org.nnlang.runtime.NnException what the program found wrong, such as NN0812
    void outputs(float[] floats, int[] ints);

    /// How many runs' outputs can be [kept][#keep] before they must be taken.
    int capacity();

    /// Keeps the float outputs of the run that was asked for last until [#take].
    void keep();

    /// Waits, and copies the float outputs of all runs that were kept, in order.
    ///
    /// @param target has room for the outputs segment's floats for each of [#capacity] runs
    /// @return how many runs there were
    /// @throws org.nnlang.runtime.NnException what the program found wrong, such as NN0812
    int take(float[] target);

    /// Runs every step once, with the inputs there are, and tells how many nanoseconds the device took for each step of the
    /// image; of what is repeated, for one round.
    ///
    /// @throws org.nnlang.runtime.NnException NN0861 where the device was not opened for measuring
    long[] profile();

    /// How many kernels a run asks the device for.
    int kernels();

    /// Bytes on the device that are this program's alone.
    long bytes();

    /// Overwrites outputs and everything in between with NaN, so that a test sees what a run leaves out.
    void poison();

    /// Gives the memory back.
    void release();
}
