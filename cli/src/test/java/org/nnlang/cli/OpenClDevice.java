package org.nnlang.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Devices;

/// The OpenCL device of tests. Where there is none, they are skipped and say why, unless the environment has
/// NN_REQUIRE_OPENCL=1.
final class OpenClDevice {
    /// What it is asked for by.
    static final String NAME = "opencl";

    private OpenClDevice() {}

    /// Skips the test where there is none.
    static void require() {
        Devices devices = Devices.probe();
        if (devices.all().isEmpty()) {
            String why = "no OpenCL device: " + devices.problems();
            if ("1".equals(System.getenv("NN_REQUIRE_OPENCL"))) {
                throw new AssertionError(why);
            }
            assumeTrue(false, why);
        }
    }

    /// Opens it; to be closed by the caller.
    static Accelerator open() {
        require();
        return Devices.probe().open(NAME);
    }
}
