package org.nnlang.opencl;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.opencl.code.HalfTiles;
import org.nnlang.opencl.code.Shape;
import org.nnlang.opencl.code.ShortWeights;
import org.nnlang.opencl.code.SubGroup;
import org.nnlang.opencl.code.Target;
import org.nnlang.opencl.code.TensorCores;
import org.nnlang.opencl.code.Tiling;
import org.nnlang.opencl.code.Translation;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.opencl.driver.Driver;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.Switch;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Backend;
import org.nnlang.runtime.program.DeviceMemory;
import org.nnlang.runtime.program.DeviceProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Variable;

/// An open OpenCL device: a context with one in-order queue, and what was made on it.
final class OpenClAccelerator implements Accelerator {
    /// `plain`: only what every OpenCL 1.2 device can do.
    static final Switch FORMS = Switch.of("nn.opencl.forms", "plain");

    /// `on`: products round their operands to TF32 and use tensor cores, where the device has them.
    static final Switch TF32 = Switch.of("nn.opencl.tf32", "on", "off");

    /// `on`: products round their operands to halves, and use tensor cores for that where the device has them.
    static final Switch FP16 = Switch.of("nn.opencl.fp16", "on", "off");

    /// `off`: the driver compiles kernels as they stand, which is quicker where it compiles for the processor and they run but a few times.
    static final Switch OPTIMIZE = Switch.of("nn.opencl.optimize", "on", "off");

    /// `true`: the device takes the time of each kernel.
    private static final Switch PROFILE = Switch.of("nn.opencl.profile", "true", "false");

    /// All that have a few values.
    static final List<Switch> SWITCHES = List.of(FORMS, TF32, FP16, OPTIMIZE, PROFILE, Tuning.SWITCH);

    final Driver driver;
    final long handle;
    final long context;
    final long queue;
    private final Backend.Device device;
    private final ProgramCache cache;
    private final SharedKernels kernels = new SharedKernels(this);
    private Target target;
    private @Nullable Tuning tuning;
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
                (exact ? "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt" : "-cl-std=CL1.2")
                        + (OPTIMIZE.is("off") ? " -cl-opt-disable" : ""),
                String.join("\n", device.name(), String.valueOf(device.details())),
                "Portable Computing Language".equals(device.details().get("platform")));
        if (target.gpu() && !FORMS.is("plain")) {
            List<String> extensions = List.of(driver.deviceText(handle, Cl.DEVICE_EXTENSIONS).split(" ", -1));
            for (SubGroup form : SubGroup.claimed(driver.deviceText(handle, Cl.DEVICE_VENDOR), extensions)) {
                if (adopt(form)) {
                    break;
                }
            }
            boolean nvidia = driver.deviceText(handle, Cl.DEVICE_VENDOR).contains("NVIDIA");
            if (TF32.is("on") && nvidia) {
                adopt(TensorCores.NVIDIA);
            }
            if (FP16.is("on")) {
                HalfTiles halves = HalfTiles.claimed(extensions);
                if (nvidia) {
                    // Its driver names no extension for halves.
                    adopt(TensorCores.NVIDIA_HALVES);
                } else if (halves != null) {
                    adopt(halves);
                }
            }
        }
    }

    /// Lets matrix products use these, if a trial shows that they give the right numbers. That changes what they give.
    boolean adopt(TensorCores form) {
        boolean works = target.subGroup() != null
                && new Trial(this).gives(form.expected(), form.trial(), SubGroup.TRIED, "tensor cores");
        if (works) {
            target = target.with(form);
        }
        return works;
    }

    /// Lets matrix products hold their operands like that, if a trial shows that the device rounds as it should. That changes what
    /// they give.
    boolean adopt(HalfTiles form) {
        boolean works = target.largestGroup() >= SubGroup.TRIED
                && new Trial(this).gives(form.expected(), form.trial(), SubGroup.TRIED, "halves in local memory");
        if (works) {
            target = target.with(form);
        }
        return works;
    }

    /// Lets kernels hand on values within sub-groups, if a trial shows that the device does that as it should.
    boolean adopt(SubGroup form) {
        boolean works = target.largestGroup() >= SubGroup.TRIED
                && new Trial(this).gives(form.expected(), form.trial(), SubGroup.TRIED, form.name());
        if (works) {
            target = target.with(form);
        }
        return works;
    }

    static OpenClAccelerator open(OpenClBackend.Known known) {
        // What nobody could heed is told before anything is made, also where this device has no use for it.
        SWITCHES.forEach(Switch::value);
        Tiling.forced();
        Driver driver = known.driver();
        long context = 0;
        long queue = 0;
        try {
            context = driver.createContext(known.handle());
            queue = driver.createQueue(context, known.handle(), PROFILE.is("true"));
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
    public long largestBuffer() {
        return largestBuffer;
    }

    @Override
    public DeviceMemory allocate(List<Variable> variables, int[] floats, int[] ints) {
        return new OpenClMemory(this, variables, Map.of(), floats, ints);
    }

    @Override
    public DeviceMemory allocate(Image model, Map<String, Storage> held, int[] floats, int[] ints) {
        return new OpenClMemory(this, model.variables(), ShortWeights.of(model, held), floats, ints);
    }

    @Override
    public DeviceProgram bind(Image image, DeviceMemory memory, Sizes sizes) {
        var shared = (OpenClMemory) memory;
        Translation translation =
                Translation.of(image, sizes, shared.cuts, tuned(Shape.of(image, sizes)));
        return new OpenClProgram(this, image, shared, sizes, translation);
    }

    /// The target, with what is known, or found out now, of these products.
    private Target tuned(List<Shape> products) {
        String wanted = Tuning.SWITCH.value();
        boolean everything = wanted.equals("on");
        if (products.isEmpty() || !everything && (wanted.equals("off") || !target.gpu())) {
            return target;
        }
        Tuning known = tuning;
        if (known == null) {
            String machine = String.join(
                    "\n", device.name(), String.valueOf(device.details()), Shape.version(target));
            known = new Tuning(this, target, new KeptTilings(ProgramCache.folder(), machine), everything);
            tuning = known;
        }
        return target.with(known.of(products));
    }

    /// What its programs are made of.
    SharedKernels kernels() {
        return kernels;
    }

    /// A program, built, of which nobody knows whether the device takes it.
    long tryToBuild(String source) throws ProgramCache.Rejected {
        return cache.build(source);
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

    /// Fails where so many bytes more do not fit the device.
    void requireRoom(long more, String what) {
        if (bytes + more > allBytes) {
            throw OpenClErrors.tooLarge(device.name(), what + ", with all else,", bytes + more, allBytes);
        }
    }

    /// A buffer; its memory counts until [#release].
    long buffer(long size, String what) {
        long rounded = Math.max(16, size);
        if (rounded > largestBuffer) {
            throw OpenClErrors.tooLarge(device.name(), what, rounded, largestBuffer);
        }
        requireRoom(rounded, what);
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
