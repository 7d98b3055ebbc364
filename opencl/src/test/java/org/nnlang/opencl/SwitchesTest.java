package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.runtime.NnException;

/// A switch that says what nobody understands is told when the device is opened, whether this device has a use for it or not.
class SwitchesTest {
    private String set = "";
    private @Nullable String before;

    @AfterEach
    void putBack() {
        if (set.isEmpty()) {
            return; // skipped: there is no device
        }
        if (before == null) {
            System.clearProperty(set);
        } else {
            System.setProperty(set, before);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nn.opencl.fp16, yes", "nn.opencl.tf32, 1", "nn.opencl.optimize, no", "nn.opencl.forms, simple",
        "nn.opencl.profile, on", "nn.opencl.tune, always", "nn.opencl.tiling, 128x128",
        "nn.opencl.tiling, 128x64x16x0x4x1", "nn.opencl.tiling, 30x64x16x8x4x1"})
    void aWrongValueIsAnError(String name, String value) {
        TestDevice.open().close();
        set = name;
        before = System.setProperty(name, value);
        NnException error = assertThrows(NnException.class, () -> TestDevice.open().close());
        assertEquals("NN0863", error.code());
        assertEquals("the switch `" + name + "` cannot be `" + value + "`", error.getMessage());
        assertTrue(error.help().contains("-D" + name + "="), error.help());
    }
}
