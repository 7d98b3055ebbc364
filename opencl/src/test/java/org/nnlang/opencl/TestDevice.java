package org.nnlang.opencl;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Comparator;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Backend;

/// The device that tests run on: the first GPU, or PoCL. Where there is none, tests are skipped and say why, unless the
/// environment has NN_REQUIRE_OPENCL=1.
public final class TestDevice {
    private static final boolean REQUIRED = "1".equals(System.getenv("NN_REQUIRE_OPENCL"));

    private TestDevice() {}

    /// Opens it; to be closed by the caller.
    public static Accelerator open() {
        var backend = new OpenClBackend();
        Backend.Probe probe = backend.probe();
        if (probe.devices().isEmpty()) {
            String why = "no OpenCL device: " + probe.problems();
            if (REQUIRED) {
                throw new AssertionError(why);
            }
            System.out.println("skipped, " + why);
            assumeTrue(false, why);
        }
        Backend.Device best = probe.devices().stream().min(Comparator.comparing(Backend.Device::kind)).orElseThrow();
        if (best.kind() != Backend.Kind.GPU && System.getProperty(OpenClAccelerator.OPTIMIZE.name()) == null) {
            // A driver that compiles for the processor takes most of a test's time to make code better that runs once.
            System.setProperty(OpenClAccelerator.OPTIMIZE.name(), "off");
        }
        return backend.open(best);
    }
}
