package org.nnlang.opencl;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.nnlang.runtime.program.Accelerator;

/// A test of what is asked of a driver: the tests' device behind one that counts, and says what it is told to.
abstract class OverFaultyDriver {
    private final Set<String> properties = new HashSet<>();

    @AutoClose
    Accelerator below;

    FaultyDriver driver;

    @BeforeEach
    void putBetween() {
        below = TestDevice.open();
        driver = FaultyDriver.over(below);
    }

    /// Sets a system property until the test is over.
    final void set(String property, String value) {
        properties.add(property);
        System.setProperty(property, value);
    }

    @AfterEach
    void clearProperties() {
        properties.forEach(System::clearProperty);
    }
}
