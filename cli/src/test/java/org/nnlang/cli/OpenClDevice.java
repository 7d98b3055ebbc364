package org.nnlang.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Backend;
import org.nnlang.runtime.program.Devices;

/// The OpenCL device of tests. Where there is none, they are skipped and say why, unless the environment has
/// NN_REQUIRE_OPENCL=1.
final class OpenClDevice {
    /// What it is asked for by.
    static final String NAME = "opencl";

    private static final String OPTIMIZE = "nn.opencl.optimize";

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
        if (System.getProperty(OPTIMIZE) == null
                && Devices.probe().all().stream().noneMatch(device -> device.kind() == Backend.Kind.GPU)) {
            // A driver that compiles for the processor takes most of a test's time to make code better that runs once.
            System.setProperty(OPTIMIZE, "off");
        }
        return Devices.probe().open(NAME);
    }
}
