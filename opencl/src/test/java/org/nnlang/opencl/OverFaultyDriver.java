package org.nnlang.opencl;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.nnlang.runtime.program.Accelerator;

/// A test of what is asked of a driver: the tests' device behind one that counts, and says what it is told to.
abstract class OverFaultyDriver {
    @AutoClose
    Accelerator below;

    FaultyDriver driver;

    @BeforeEach
    void putBetween() {
        below = TestDevice.open();
        driver = FaultyDriver.over(below);
    }
}
