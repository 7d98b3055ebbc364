package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void whatIsMissingIsAnnouncedWithItsFlag() {
        if (Machine.vectors()) {
            assertEquals("", Machine.announcement());
            assertTrue(Machine.lanes() > 1);
            assertEquals(32 * Machine.lanes() + "-bit vectors", Machine.description());
        } else {
            assertTrue(Machine.announcement().contains("--add-modules jdk.incubator.vector"));
            assertEquals(1, Machine.lanes());
        }
    }

    @Test
    void thePeakIsAPlausibleNumberOfGigaflops() {
        double peak = Machine.fmaPeak();
        assertTrue(peak > 0.01 && peak < 10_000, () -> peak + " GFLOP/s");
    }
}
