package org.nnlang.opencl;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nnlang.opencl.code.Target;
import org.nnlang.opencl.code.Translation;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.opencl.driver.Driver;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Backend;
import org.nnlang.runtime.program.DeviceMemory;
import org.nnlang.runtime.program.DeviceProgram;
import org.nnlang.runtime.program.Image;

/// An open OpenCL device: a context with one in-order queue, and what was made on it.
final class OpenClAccelerator implements Accelerator {
    final Driver driver;
    final long handle;
    final long context;
    final long queue;
    final Target target;
    private final Backend.Device device;
    private final ProgramCache cache;
    private final long largestBuffer;
    private final long allBytes;
    private final Set<AutoCloseable> made = new LinkedHashSet<>();
    private long bytes;
    private boolean closed;

    private OpenClAccelerator(OpenClBackend.Known known, long context, long queue) {
        driver = known.driver();
        handle = known.handle();
        device = known.device();
        this.context = context;
        this.queue = queue;
        largestBuffer = driver.deviceNumber(handle, Cl.DEVICE_MAX_MEM_ALLOC_SIZE);
        allBytes = driver.deviceNumber(handle, Cl.DEVICE_GLOBAL_MEM_SIZE);
        target = new Target(
                (int) driver.deviceNumber(handle, Cl.DEVICE_MAX_COMPUTE_UNITS),
                (int) driver.deviceNumber(handle, Cl.DEVICE_MAX_WORK_GROUP_SIZE),
                driver.deviceNumber(handle, Cl.DEVICE_LOCAL_MEM_SIZE),
                device.kind() == Backend.Kind.GPU);
        boolean exact = (driver.deviceNumber(handle, Cl.DEVICE_SINGLE_FP_CONFIG)
                & Cl.FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
        cache = new ProgramCache(
                driver, context, handle,
                exact ? "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt" : "-cl-std=CL1.2",
                String.join("\n", device.name(), String.valueOf(device.details())));
    }

    static OpenClAccelerator open(OpenClBackend.Known known) {
        Driver driver = known.driver();
        long context = 0;
        long queue = 0;
        try {
            context = driver.createContext(known.handle());
            queue = driver.createQueue(context, known.handle(), Boolean.getBoolean("nn.opencl.profile"));
            return new OpenClAccelerator(known, context, queue);
        } catch (OpenClException e) {
            if (queue != 0) {
                driver.releaseQueue(queue);
            }
            if (context != 0) {
                driver.releaseContext(context);
            }
            throw OpenClErrors.failed(known.device().name(), "being opened", e);
        }
    }

    @Override
    public Backend.Device device() {
        return device;
    }

    @Override
    public DeviceMemory allocate(int[] floats, int[] ints) {
        return new OpenClMemory(this, floats, ints);
    }

    @Override
    public DeviceProgram bind(Image image, DeviceMemory memory, Sizes sizes) {
        Translation translation = Translation.of(image, sizes, target);
        return new OpenClProgram(this, image, (OpenClMemory) memory, sizes, translation);
    }

    /// A program, built; to be released by the caller.
    long build(String source, String what) {
        try {
            return cache.build(source);
        } catch (ProgramCache.Rejected e) {
            throw OpenClErrors.rejected(device.name(), e.log());
        } catch (OpenClException e) {
            throw OpenClErrors.failed(device.name(), "compiling " + what, e);
        }
    }

    /// A buffer; its memory counts until [#release].
    long buffer(long size, String what) {
        long rounded = Math.max(16, size);
        if (rounded > largestBuffer) {
            throw OpenClErrors.tooLarge(device.name(), what, rounded, largestBuffer);
        }
        if (bytes + rounded > allBytes) {
            throw OpenClErrors.tooLarge(device.name(), what + ", with all else,", bytes + rounded, allBytes);
        }
        try {
            long buffer = driver.createBuffer(context, Cl.MEM_READ_WRITE, rounded);
            bytes += rounded;
            return buffer;
        } catch (OpenClException e) {
            throw OpenClErrors.failed(device.name(), "making room for " + what, e);
        }
    }

    void release(long buffer, long size) {
        driver.releaseBuffer(buffer);
        bytes -= Math.max(16, size);
    }

    /// Bytes of all buffers.
    long bytes() {
        return bytes;
    }

    /// Something to be closed with the device, unless it was closed before.
    void owns(AutoCloseable thing) {
        made.add(thing);
    }

    void forget(AutoCloseable thing) {
        made.remove(thing);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        List<AutoCloseable> open = new ArrayList<>(made);
        for (AutoCloseable thing : open.reversed()) {
            quietly(thing);
        }
        quietly(() -> driver.releaseQueue(queue));
        quietly(() -> driver.releaseContext(context));
    }

    /// A device that is lost fails at everything, also at being given back; what it was asked before has been told.
    static void quietly(AutoCloseable action) {
        try {
            action.close();
        } catch (Exception e) {
            System.getLogger(OpenClAccelerator.class.getName()).log(System.Logger.Level.DEBUG, "while closing", e);
        }
    }
}
