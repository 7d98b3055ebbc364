package org.nnlang.opencl;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.opencl.driver.Driver;
import org.nnlang.opencl.driver.OpenClException;

/// Carries inputs to the device while it computes: several slots of pinned memory, used in turn. A slot is filled again
/// when the device has taken what was in it.
final class Staging {
    private static final int SLOTS = 4;

    private final OpenClAccelerator accelerator;
    private final long bytes;
    private final long pinned;
    private final MemorySegment mapped;
    private final long[] taken = new long[SLOTS];
    private int next;

    Staging(OpenClAccelerator accelerator, long bytes) {
        this.accelerator = accelerator;
        this.bytes = (bytes + 63) / 64 * 64;
        Driver driver = accelerator.driver;
        long buffer = 0;
        try {
            buffer = driver.createBuffer(
                    accelerator.context, Cl.MEM_READ_WRITE | Cl.MEM_ALLOC_HOST_PTR, SLOTS * this.bytes);
            mapped = driver.map(accelerator.queue, buffer, SLOTS * this.bytes);
            pinned = buffer;
        } catch (OpenClException e) {
            long made = buffer;
            if (made != 0) {
                OpenClAccelerator.quietly(() -> driver.releaseBuffer(made));
            }
            throw OpenClErrors.failed(accelerator.device().name(), "making room for inputs", e);
        }
    }

    /// Asks for a copy of floats and ints, each to its buffer.
    void send(float[] floats, long floatBuffer, int[] ints, long intBuffer) {
        Driver driver = accelerator.driver;
        int slot = next;
        next = (slot + 1) % SLOTS;
        if (taken[slot] != 0) {
            driver.await(taken[slot]);
            driver.releaseEvent(taken[slot]);
            taken[slot] = 0;
        }
        long at = slot * bytes;
        long intsAt = at + 4L * floats.length;
        boolean last = ints.length == 0;
        if (floats.length > 0) {
            MemorySegment.copy(floats, 0, mapped, ValueLayout.JAVA_FLOAT, at, floats.length);
            taken[slot] = driver.write(
                    accelerator.queue, floatBuffer, false, 0, 4L * floats.length, mapped.asSlice(at), last);
        }
        if (!last) {
            MemorySegment.copy(ints, 0, mapped, ValueLayout.JAVA_INT, intsAt, ints.length);
            taken[slot] = driver.write(
                    accelerator.queue, intBuffer, false, 0, 4L * ints.length, mapped.asSlice(intsAt), true);
        }
    }

    void release() {
        Driver driver = accelerator.driver;
        for (int slot = 0; slot < SLOTS; slot++) {
            long event = taken[slot];
            if (event != 0) {
                taken[slot] = 0;
                OpenClAccelerator.quietly(() -> driver.releaseEvent(event));
            }
        }
        Arrays.fill(taken, 0);
        OpenClAccelerator.quietly(() -> driver.unmap(accelerator.queue, pinned, mapped));
        OpenClAccelerator.quietly(() -> driver.releaseBuffer(pinned));
    }
}
