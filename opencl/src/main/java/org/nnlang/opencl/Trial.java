package org.nnlang.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.opencl.driver.Driver;
import org.nnlang.opencl.driver.OpenClException;

/// Tries whether a device can do what its driver claims: a small kernel is compiled and run, and its numbers are looked at.
final class Trial {
    private final OpenClAccelerator accelerator;
    private final Driver driver;

    Trial(OpenClAccelerator accelerator) {
        this.accelerator = accelerator;
        driver = accelerator.driver;
    }

    /// Whether the kernel `trial` of a source, run by one group of work items on a buffer of ints that are −1, leaves these.
    boolean gives(int[] expected, String source, int group, String what) {
        try {
            return Arrays.equals(expected, run(expected.length, source, group));
        } catch (OpenClException | ProgramCache.Rejected e) {
            System.getLogger(Trial.class.getName()).log(System.Logger.Level.DEBUG, "no " + what, e);
            return false;
        }
    }

    private int[] run(int count, String source, int group) throws ProgramCache.Rejected {
        long program = accelerator.tryToBuild(source);
        long kernel = 0;
        long buffer = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(ValueLayout.JAVA_INT, count);
            numbers.fill((byte) -1);
            kernel = driver.createKernel(program, "trial");
            buffer = driver.createBuffer(accelerator.context, Cl.MEM_READ_WRITE, numbers.byteSize());
            driver.write(accelerator.queue, buffer, true, 0, numbers.byteSize(), numbers, false);
            driver.argument(kernel, 0, 8, arena.allocateFrom(ValueLayout.JAVA_LONG, buffer));
            MemorySegment work = arena.allocateFrom(ValueLayout.JAVA_LONG, group, 1, 1, group, 1, 1);
            driver.enqueue(accelerator.queue, kernel, work, false);
            driver.read(accelerator.queue, buffer, true, 0, numbers.byteSize(), numbers);
            return numbers.toArray(ValueLayout.JAVA_INT);
        } finally {
            if (buffer != 0) {
                driver.releaseBuffer(buffer);
            }
            if (kernel != 0) {
                driver.releaseKernel(kernel);
            }
            driver.releaseProgram(program);
        }
    }
}
