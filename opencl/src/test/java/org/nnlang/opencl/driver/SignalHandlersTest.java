package org.nnlang.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Test;
import org.nnlang.opencl.TestDevice;
import org.nnlang.runtime.program.Accelerator;

/// Drivers share the process with the virtual machine, which must notice what it notices without them.
@SuppressWarnings("restricted")
class SignalHandlersTest {
    /// As `signal.h` numbers it everywhere.
    private static final int DIVISION = 8;

    private static final int IGNORED = 1;

    @Test
    void anOpenDeviceLeavesTheVirtualMachineItsSignals() {
        try (Accelerator _ = TestDevice.open()) {
            assertThrows(ArithmeticException.class, () -> divide(1, 0));
        }
    }

    @Test
    void whatACallReplacedIsPutBack() throws Throwable {
        Linker linker = Linker.nativeLinker();
        assumeTrue(linker.defaultLookup().find("sigaction").isPresent(), "a system without such handlers");
        MethodHandle signal = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("signal"),
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        long before = handler();
        try (var _ = SignalHandlers.keep()) {
            assertEquals(before, (long) signal.invokeExact(DIVISION, (long) IGNORED));
            assertEquals(IGNORED, handler());
        }
        assertEquals(before, handler());
        assertThrows(ArithmeticException.class, () -> divide(1, 0));
    }

    private static long handler() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle action = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("sigaction"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(512, 8);
            assertEquals(0, (int) action.invokeExact(DIVISION, MemorySegment.NULL, found));
            return found.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static int divide(int a, int b) {
        return a / b;
    }
}
